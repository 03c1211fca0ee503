"""Two editors at once, as two real processes: exactly one wins, the other is told, the chain stays whole."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 5
SET_UP = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.record.builders import commitment, evidence, person
for number in range({rounds}):
    row = commitment(slug=f"round-{{number}}", ref=f"R-{{number}}")
    evidence(row)
person("erin"), person("ravi")
"""
# Both processes count down to the same instant, so that they really meet at the head row.
EDIT = """
import time, datetime
from django.contrib.auth.models import User
from django.utils import timezone
from commitments.models import Commitment, ConcurrentChange
editor = User.objects.get(username="{name}")
for number in range({rounds}):
    row = Commitment.objects.get(slug=f"round-{{number}}")
    proof = list(row.evidence.all())
    time.sleep(max(0, {start} + number * 0.4 - time.time()))
    try:
        row.change_status("in_progress", reason="Signed, says {name}.", evidence=proof, by=editor,
            effective_on=datetime.date(2025, 8, 1), now=timezone.now(), seen_sequence=0)
        print("published")
    except ConcurrentChange:
        print("told")
"""


def run(code: str, url: str) -> subprocess.Popen:
    setup = "import django; django.setup()\n"
    environment = {**os.environ, "DATABASE_URL": url, "SECRET_KEY": "two-editors-" + "k3y" * 20}
    environment |= {"DJANGO_SETTINGS_MODULE": "tracker.settings", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", setup + code]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finish(process: subprocess.Popen) -> str:
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    return out


def race(url: str) -> None:
    finish(run(SET_UP.format(rounds=ROUNDS), url))
    start = time.time() + 4
    editors = [run(EDIT.format(name=name, rounds=ROUNDS, start=start), url) for name in ("erin", "ravi")]
    answers = list(zip(*(finish(editor).split() for editor in editors), strict=True))

    assert len(answers) == ROUNDS
    assert all(sorted(pair) == ["published", "told"] for pair in answers)
    audited = "from commitments.auditing import audit; print(audit().rows, audit().problem or 'whole')"
    assert finish(run(audited, url)).split() == [str(ROUNDS), "whole"]


@pytest.mark.services
def test_two_editors_on_postgresql_never_both_win(postgres):
    race(postgres.create("two_editors"))


def test_two_editors_on_sqlite_never_both_win(tmp_path):
    race(f"sqlite:///{tmp_path / 'two.sqlite3'}")
