"""`manage.py up` as its user meets it: an address, a login, children that come back, an end that leaves nothing."""

import os
import signal
import socket
import string
import sys
import time
import urllib.error

import pytest

from tests.support import processes
from tracker import servers, supervising

# The clock of a machine that runs other tests beside this one is no measure; what children are granted is.
BUSY = 3
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc to see what is left behind"),
]


@pytest.fixture
def folder(tmp_path):
    yield tmp_path / "var"
    left = processes.of_folder(tmp_path / "var")
    for number in left:
        os.kill(number, signal.SIGKILL)


def start(folder, port=None):
    env = processes.environment(folder, PORT=str(port or servers.free_port()))
    return processes.Running([sys.executable, "manage.py", "up"], env)


def child(folder, word):
    """The process of a child: the oldest whose command line holds the word."""
    return min((number for number, command in processes.of_folder(folder).items() if word in command), default=0)


def test_it_answers_brings_back_every_fallen_child_and_leaves_nothing_behind(folder):
    port = servers.free_port()
    up = start(folder, port)
    try:
        assert "admin, password " in up.wait_for("shown only now")
        up.wait_for("Ctrl-C stops everything")
        assert processes.get(f"http://127.0.0.1:{port}/readyz") == (200, "ok\n")

        for name, word in [("broker", "valkey"), ("web", "gunicorn"), ("worker", " worker "), ("beat", " beat ")]:
            fallen = child(folder, word)
            if not fallen and name == "broker":
                continue  # a machine without one: a folder is the queue
            os.kill(fallen, signal.SIGKILL)
            up.wait_for(f"{name} was ended by SIGKILL; starting it again in 0.5 s")
            processes.wait_until(lambda word=word, old=fallen: child(folder, word) not in (0, old), 10)
        processes.wait_until(lambda: ready(port) == "ok", 20, lambda: ready(port) + up.said + last_words(folder))

        second = processes.manage("up", var=folder, PORT=str(servers.free_port()))
        assert (second.returncode, second.stderr.count("\n")) == (1, 1)
        assert f"already runs from this folder: http://127.0.0.1:{port}" in second.stderr

        assert supervising.PATIENCE + supervising.LAST_PATIENCE < 5
        assert up.interrupt() < BUSY * 5
        assert up.process.returncode == 0
        assert processes.of_folder(folder) == {}
    finally:
        up.end()


def test_the_second_start_loads_nothing_again_and_prints_no_password(folder):
    first = start(folder)
    first.wait_for("Ctrl-C stops everything")
    assert "commitments" in first.said
    first.interrupt()
    second = start(folder)
    try:
        second.wait_for("Ctrl-C stops everything")
        assert "commitments" not in second.said
        assert "password" not in second.said
    finally:
        second.interrupt()


def test_a_killed_supervisor_takes_its_children_along(folder):
    up = start(folder)
    up.wait_for("Ctrl-C stops everything")
    up.process.kill()
    processes.wait_until(lambda: processes.of_folder(folder) == {}, 10, lambda: str(processes.of_folder(folder)))


def test_a_port_that_is_taken_is_said_in_one_line(folder):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = processes.manage("up", var=folder, PORT=str(port))
    assert done.returncode == 1
    assert done.stderr == (
        f"CommandError: Port {port} is taken or not allowed (Address already in use). "
        f"Choose another: PORT={port + 1} python3 manage.py up\n"
    )


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("PORT", "http", "PORT='http' cannot be used: write a whole number from 1 to 65535"),
        ("DATABASE_URL", "mysql://a", "DATABASE_URL='mysql://a' cannot be used: write postgresql://"),
        ("DATABASE_URL", "postgres://u:p@db/x", "SECRET_KEY='' cannot be used: give 50 random characters"),
        ("REDIS_URL", "amqp://x", "REDIS_URL='amqp://x' cannot be used: write redis://host:6379/0"),
        ("EMAIL_URL", "pigeon://x:secret@y", "EMAIL_URL='pigeon://x:…@y' cannot be used"),
        ("FOUR_EYES", "maybe", "FOUR_EYES='maybe' cannot be used: write one of closing, all, off"),
        ("ALLOW_PRIVATE_NETWORKS", "10.0.0.0/99", "ALLOW_PRIVATE_NETWORKS='10.0.0.0/99' cannot be used"),
        ("SITE_URL", "tracker.example", "SITE_URL='tracker.example' cannot be used: write the public address"),
        ("VAR_DIR", "/proc/nothing", "VAR_DIR='/proc/nothing' cannot be used: give a folder that can be written"),
        ("SECRET_KEY", "short", "SECRET_KEY='…' cannot be used"),
        ("SECRET_KEY_FILE", "/nowhere/key", "SECRET_KEY_FILE='/nowhere/key' cannot be used: the file cannot be read"),
    ],
)
def test_a_wrong_setting_refuses_to_start_with_one_line(folder, name, value, complaint):
    done = processes.manage("up", **{"var": folder, name if name != "VAR_DIR" else "var": value})
    assert done.returncode == 1
    assert done.stderr.startswith(complaint)
    assert done.stderr.count("\n") == 1
    assert not done.stdout


@pytest.mark.parametrize(
    ("command", "address", "remedy"),
    [
        ("verify_ledger", "", "Run: python3 manage.py migrate"),
        (
            "migrate",
            "postgresql://u@127.0.0.1:1/x",
            "Start it, or correct DATABASE_URL; `manage.py doctor` looks again.",
        ),
    ],
)
def test_a_database_that_is_away_or_empty_is_said_with_the_remedy(folder, command, address, remedy):
    done = processes.manage(command, var=folder, DATABASE_URL=address, SECRET_KEY=string.ascii_letters)
    assert done.returncode == 1
    assert done.stderr.splitlines()[1:] == [remedy]


def ready(port):
    """What the web server says of itself, or why it says nothing."""
    try:
        return processes.get(f"http://127.0.0.1:{port}/readyz")[1].strip()
    except urllib.error.HTTPError as refusal:
        return refusal.read().decode()
    except OSError as error:
        return repr(error)


def last_words(folder):
    """The end of every child's log, for whoever has to find out why a run did not come back."""
    return "".join(f"\n{log.name}: {log.read_text('utf-8', 'replace')[-2000:]}" for log in folder.rglob("*.log"))


@pytest.mark.parametrize("broker", ["redis://:hidden@127.0.0.1:1/0", "redis://nowhere.invalid/0"])
def test_a_broker_of_ones_own_that_does_not_answer_is_told_at_once(folder, broker):
    began = time.monotonic()
    refused = processes.manage("up", var=folder, PORT=str(servers.free_port()), REDIS_URL=broker)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "does not answer" in refused.stderr
    assert "correct REDIS_URL" in refused.stderr
    assert "hidden" not in refused.stderr
    assert time.monotonic() - began < BUSY * 10  # loading Django on a busy machine is most of it
