"""A real PostgreSQL is stopped under a running web server: the page stays, says so, and comes back fresh."""

import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import Running, environment, manage, serve
from tracker import servers

HEALED_WITHIN = 120


@pytest.fixture
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Postgres]:
    """One of our own: the session's serves other tests and must not be stopped."""
    yield from serve(servers.Postgres(tmp_path_factory.mktemp("outage")))


@pytest.fixture
def port(database: servers.Postgres, tmp_path: Path) -> Iterator[int]:
    """The shipped record on gunicorn, one process, as `manage.py up` starts it."""
    port = servers.free_port()
    there = {"DATABASE_URL": database.create("tracker"), "SECRET_KEY": os.urandom(40).hex()}
    for command in ("migrate", "seed"):
        done = manage(command, "-v0", var=tmp_path, **there)
        assert done.returncode == 0, done.stderr
    command = [sys.executable, "-m", "gunicorn", "tracker.wsgi", "--bind", f"127.0.0.1:{port}"]
    env = environment(tmp_path, **there, PORT=str(port), DJANGO_SETTINGS_MODULE="tracker.settings")
    web = Running([*command, "--worker-class", "gthread", "--threads", "4"], env)
    servers._wait_until(lambda: servers.answers_http(port, "/healthz"), 180, "the web server did not come up")
    yield port
    web.end()


def read(port: int, path: str) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=180) as answer:
            return answer.status, answer.read().decode(), answer.headers.get("Warning", "")
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode(), ""


def test_the_public_page_outlives_its_database(database: servers.Postgres, port: int) -> None:
    kept = ("/", "/c/compute-20x/", "/method/", "/c/compute-20x.json", "/api/v1/commitments", "/changes.atom")
    before = {path: read(port, path) for path in kept}
    assert {status for status, *_ in before.values()} == {200}
    database.stop()
    time.sleep(0.3)  # longer than a version is trusted
    for path in kept:
        status, body, warning = read(port, path)
        assert (status, warning[:3]) == (200, "110"), path
        if path.endswith("/"):
            assert "may be out of date" in body
        else:
            assert body == before[path][1]
    status, body, _ = read(port, "/owners/openai/")
    assert status == 503, "never read, so there is no copy"
    assert "<h1>This page cannot be had just now</h1>" in body
    database.start()
    servers._wait_until(lambda: read(port, "/")[2] == "", HEALED_WITHIN, "the page stays stale")
    assert "may be out of date" not in read(port, "/")[1]
    assert read(port, "/owners/openai/")[0] == 200
