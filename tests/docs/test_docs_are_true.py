"""The papers cannot go stale: settings, commands, statuses and links are held against the code."""

import html
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from commitments.status import Status
from tests.support import processes

ROOT = Path(__file__).resolve().parents[2]
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
ROOMS = ("tracker", "commitments", "commitments/digests", "commitments/public", "monitoring")


DJANGOS = {"migrate", "createsuperuser", "check", "makemigrations", "collectstatic"}
NOT_SETTINGS = {"NAME_FILE"}  # the pattern of them all
PINGS = "PING_"  # their names are put together from the names of the queues
LARGEST_PICTURE = 150_000


def name_of(path):
    return path.name


def read(name):
    return (ROOT / name).read_text("utf-8")


def settings_read():
    asked = re.findall(r"env\.\w+\(\s*f?\"([A-Z_]+)", read("tracker/settings.py"))
    return sorted({name for name in asked if not name.endswith("_")})


def commands_of_ours():
    found = [path.stem for room in ROOMS for path in (ROOT / room / "management" / "commands").glob("[a-z]*.py")]
    return sorted(found)


@pytest.mark.parametrize("name", settings_read())
def test_every_setting_is_documented(name):
    assert f"`{name}`" in read("docs/settings.md")


@pytest.mark.parametrize("name", commands_of_ours())
def test_every_command_is_documented(name):
    assert f"`{name}" in read("docs/commands.md")


WORDS_OF_MAKE = re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE)


@pytest.mark.parametrize("word", WORDS_OF_MAKE)
def test_every_word_of_make_is_documented(word):
    assert f"`make {word}`" in read("docs/commands.md")


@pytest.mark.django_db
@pytest.mark.parametrize("status", Status)
def test_every_status_stands_on_the_method_page(client, status):
    assert status.definition.meaning in html.unescape(client.get("/method/").content.decode())


@pytest.mark.parametrize("status", Status)
def test_every_status_stands_in_the_method_guide(status):
    assert f"| {status.label} | `{status.value}` |" in read("docs/guides/method.md")


def anchors_of(paper):
    """The anchors that a reader's program makes of the headings."""
    headings = re.findall(r"^#+ (.+)$", paper.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("paper", PAPERS, ids=name_of)
def test_every_link_and_picture_of_a_paper_leads_somewhere(paper):
    broken = []
    for link, anchor in re.findall(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)", paper.read_text("utf-8")):
        target = paper.parent / link if link else paper
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            broken.append(f"{link}#{anchor}")
    assert broken == []


@pytest.mark.parametrize("paper", PAPERS, ids=name_of)
def test_every_command_in_a_paper_exists(paper):
    said = re.findall(r"\bmanage\.py ([a-z_]+)", paper.read_text("utf-8"))
    assert set(said) <= {*commands_of_ours(), *DJANGOS}, paper


@pytest.mark.parametrize("paper", PAPERS, ids=name_of)
def test_every_word_of_make_in_a_paper_exists(paper):
    said = re.findall(r"`make (\w+)`|^make (\w+)", paper.read_text("utf-8"), re.MULTILINE)
    assert {first or second for first, second in said} <= set(WORDS_OF_MAKE), paper


@pytest.mark.parametrize("paper", PAPERS, ids=name_of)
def test_every_setting_in_a_paper_exists(paper):
    named = re.findall(r"`([A-Z]{3,}_[A-Z_]+)`", paper.read_text("utf-8"))
    assert {name for name in named if not name.startswith(PINGS)} <= {*settings_read(), *NOT_SETTINGS}, paper


def test_the_two_commands_of_the_readme_run(tmp_path):
    blocks = re.findall(r"^```\n(.*?)^```", read("README.md"), re.MULTILINE | re.DOTALL)
    commands = [line.split("#")[0].split() for block in blocks for line in block.splitlines() if "python3" in line]
    assert [words[1:] for words in commands] == [["manage.py", "up"], ["manage.py", "test"]]
    for _python, *words in commands:  # `up` itself is started by tests/platform/test_up.py, `test` is running now
        done = subprocess.run(
            [sys.executable, *words, "--help"], cwd=ROOT, env=processes.environment(tmp_path), capture_output=True
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.django_db
def test_the_example_of_the_guide_loads_beside_the_shipped_record(client):
    call_command("seed", str(ROOT / "docs/examples/uk-anthropic"), verbosity=0)
    call_command("verify_ledger", verbosity=0)
    assert "Look into Claude for public services" in client.get("/").content.decode()


@pytest.mark.parametrize("picture", sorted((ROOT / "docs/images").glob("*.png")), ids=name_of)
def test_a_picture_is_small_and_used(picture):
    assert picture.stat().st_size <= LARGEST_PICTURE
    assert any(f"images/{picture.name}" in paper.read_text("utf-8") for paper in PAPERS)


def test_each_of_the_twenty_five_rules_of_the_watch_names_tests_that_exist():
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests/watch").glob("test_*.py"))
    rows = re.findall(r"^\| (\d+) \|.*\|(.*)\|$", read("docs/watching.md"), re.MULTILINE)
    assert [int(number) for number, _shown in rows] == list(range(1, 26))
    for _number, shown in rows:
        named = re.findall(r"`(test_\w+)`", shown)
        assert named
        assert [name for name in named if f"def {name}(" not in tests] == []
