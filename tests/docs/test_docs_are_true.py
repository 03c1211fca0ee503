"""The papers cannot go stale: settings, commands, statuses and links are held against the code."""

import html
import re
from pathlib import Path

import pytest

from commitments.status import Status

ROOT = Path(__file__).resolve().parents[2]
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
ROOMS = ("tracker", "commitments", "commitments/digests", "commitments/public", "monitoring")


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


@pytest.mark.parametrize("word", re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
def test_every_word_of_make_is_documented(word):
    assert f"`make {word}`" in read("docs/commands.md")


@pytest.mark.django_db
@pytest.mark.parametrize("status", Status)
def test_every_status_stands_on_the_method_page(client, status):
    assert status.definition.meaning in html.unescape(client.get("/method/").content.decode())


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_link_between_papers_leads_somewhere(paper):
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", paper.read_text("utf-8"))
    assert [link for link in links if not (paper.parent / link).exists()] == []


def test_the_readmes_commands_exist():
    said = re.findall(r"python3 manage\.py (\w+)", read("README.md"))
    assert said
    assert set(said) <= {*commands_of_ours(), "migrate", "createsuperuser"}
