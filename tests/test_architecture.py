"""The plan of the house, asserted: three arrows, one door per package, doors on top, small files."""

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.support import architecture

ROOT = Path(__file__).resolve().parent.parent
THE_THREE_ARROWS = {
    ("commitments.public", "commitments"),
    ("commitments.digests", "commitments"),
    ("monitoring", "commitments"),
}
ONE_DOOR = {
    "httpx": ("monitoring/fetching.py", "monitoring/fetching/*"),
    "feedparser": ("monitoring/parsing.py", "monitoring/parsing/*"),
    "bs4": ("monitoring/parsing.py", "monitoring/parsing/*"),
    "celery": ("tracker/celery.py", "*/tasks.py"),
    "kombu": ("tracker/celery.py",),
    "redis": ("tracker/servers.py",),
    "psycopg": ("tracker/servers.py", "commitments/digests/models/brisk.py"),
    "yaml": ("commitments/seeding/*",),
    "css_inline": ("commitments/digests/*",),
    "ahocorasick": ("monitoring/*",),
}
LONGEST_FILE = 300
HOUSE = ("commitments", "monitoring", "tracker", "tests", "bench")
# Three files that views, the middleware and the end of a transaction call before anybody has asked for the time.
READ_THE_CLOCK = {
    "commitments/public/asking.py",
    "commitments/public/caching.py",
    "commitments/public/illustrating.py",
}


@pytest.fixture(scope="module")
def house():
    return architecture.modules(ROOT)


def test_there_are_exactly_three_arrows(house):
    found = architecture.arrows(house)
    assert set(found) == THE_THREE_ARROWS, found


@pytest.mark.parametrize("package", ONE_DOOR)
def test_each_package_has_one_door(house, package):
    users = architecture.users_of(package, house)
    strangers = {file for file in users if not any(fnmatch(file, door) for door in ONE_DOOR[package])}
    assert strangers == set()


def test_nothing_below_the_doors_imports_a_door(house):
    assert architecture.climbs(house) == []


def test_nothing_else_below_the_doors_reads_the_clock(house):
    found = architecture.clocks(house)
    assert {line.partition(":")[0] for line in found} == READ_THE_CLOCK, found


def test_no_file_is_longer_than_three_hundred_lines():
    files = [path for folder in HOUSE for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts]
    assert len(files) > 300
    lines = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in files}
    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}


def test_no_room_has_a_drawer_for_odds_and_ends(house):
    drawers = {"utils", "helpers", "common", "core", "services", "misc"}
    assert [module.name for module in house if drawers & set(module.name.split("."))] == []


def test_the_readme_draws_the_rooms_and_arrows_as_they_are():
    picture = re.findall(r"^ ([a-z/]+)/ +(.+)$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert {room for room, _ in picture} == {path.replace(".", "/") for path in architecture.ROOMS}
    drawn = {(room.replace("/", "."), said.split("▶")[1].strip()) for room, said in picture if "▶" in said}
    assert drawn == THE_THREE_ARROWS


def test_a_fourth_arrow_is_found_wherever_it_hides(tmp_path):
    build(
        tmp_path,
        {
            "commitments/models.py": "import datetime\n",
            "commitments/public/views.py": "from commitments.models import Commitment\n",
            "commitments/digests/sending.py": "import commitments.models\n",
            "monitoring/reviewing.py": "def accept():\n    from commitments import models\n",
        },
    )
    assert set(architecture.arrows(architecture.modules(tmp_path))) == THE_THREE_ARROWS

    for path, line, arrow in [
        ("commitments/rules.py", "from monitoring import matching", ("commitments", "monitoring")),
        ("commitments/rules.py", "from .public import views", ("commitments", "commitments.public")),
        ("commitments/public/feeds.py", "from ..digests import sending", ("commitments.public", "commitments.digests")),
        ("monitoring/tasks.py", "def f():\n    import tracker.celery", ("monitoring", "tracker")),
        ("tracker/urls.py", "from commitments.models import Commitment", ("tracker", "commitments")),
    ]:
        build(tmp_path, {path: f"{line}\n"})
        assert set(architecture.arrows(architecture.modules(tmp_path))) == THE_THREE_ARROWS | {arrow}
        (tmp_path / path).unlink()


def test_a_vanished_arrow_a_second_door_a_climb_and_a_clock_are_found(tmp_path):
    build(
        tmp_path,
        {
            "commitments/models.py": "",
            "commitments/public/views.py": "from commitments import models\n",
            "monitoring/polling.py": "import httpx\nfrom monitoring import tasks\n",
            "monitoring/tasks.py": "from commitments import models\nNOW = timezone.now()\n",
            "monitoring/judging.py": "def judge():\n    return timezone.now()\n",
        },
    )
    house = architecture.modules(tmp_path)
    assert THE_THREE_ARROWS - set(architecture.arrows(house)) == {("commitments.digests", "commitments")}
    assert architecture.users_of("httpx", house) == {"monitoring/polling.py"}
    assert architecture.climbs(house) == ["monitoring/polling.py:2 imports monitoring.tasks"]
    assert architecture.clocks(house) == ["monitoring/judging.py:2 reads the clock"]


def build(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
