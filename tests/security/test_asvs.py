"""The table of requirements is whole, its words are few, and every test that it names is there."""

import ast
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEVELS = Path(__file__).with_name("asvs_levels.txt")
STATES = {"met", "partly", "not met", "n/a"}
# 70 of level 1 and 183 of level 2, as the standard's own table counts them.
COUNTED = {"1": 70, "2": 183}


def rows() -> list[list[str]]:
    text = (ROOT / "docs" / "security.md").read_text("utf-8").partition("## OWASP ASVS")[2]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    return cells[2:]


def published() -> dict[str, str]:
    lines = LEVELS.read_text("utf-8").splitlines()
    return dict(line.split() for line in lines if not line.startswith("#"))


def exists(named: str) -> bool:
    path, _, function = named.partition("::")
    if not (ROOT / path).is_file():
        return False
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return not function or function in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_requirement_of_levels_one_and_two_has_exactly_one_row():
    assert Counter(published().values()) == COUNTED
    assert Counter((row[0], row[1]) for row in rows()) == Counter(published().items())


def test_every_row_says_how_or_why_not():
    assert {row[3] for row in rows()} == STATES
    assert [row[0] for row in rows() if len(row) != 6 or not row[4]] == []


def test_every_test_that_the_papers_name_is_there():
    named = set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", (ROOT / "docs" / "security.md").read_text("utf-8")))
    assert len(named) > 50
    assert sorted(name for name in named if not exists(name)) == []
    assert not exists("tests/security/test_asvs.py::test_that_is_none")
