"""Several workers at once: every due source is asked exactly once, and no host by two at a time."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.support.processes import BUSY, ROOT, environment
from tests.watch.loopback import Answer, Loopback, item, rss
from tracker import servers

pytestmark = [pytest.mark.slow, pytest.mark.services]
SOURCES = 40


def manage(var: Path, *command: str, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment(var, DATABASE_URL=url, ALLOW_PRIVATE_NETWORKS="127.0.0.0/8", SECRET_KEY=os.urandom(40).hex()),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ready(var: Path, url: str, hosts: list[Loopback]) -> None:
    outlines = "".join(
        f'<outline text="Feed {number}" xmlUrl="{hosts[number % len(hosts)].base}/{number}"/>'
        for number in range(SOURCES)
    )
    file = var / "list.opml"
    file.write_text(f'<opml version="2.0"><body>{outlines}</body></opml>')
    for command in (["migrate", "-v0"], ["import_sources", str(file)]):
        process = manage(var, *command, url=url)
        said, _ = process.communicate(timeout=60 * BUSY)
        assert process.returncode == 0, said


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_three_workers_ask_each_due_source_exactly_once(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path / 'watch.sqlite3'}"
    else:
        postgres: servers.Postgres = request.getfixturevalue("postgres")
        url = postgres.create("two_workers")
    hosts = [Loopback() for _ in range(8)]
    try:
        for number in range(SOURCES):
            hosts[number % len(hosts)].set(f"/{number}", Answer(rss(item(number)), wait=0.05))
        ready(tmp_path, url, hosts)
        workers = [manage(tmp_path, "poll", url=url) for _ in range(3)]
        said = [worker.communicate(timeout=90 * BUSY)[0] for worker in workers]
        assert all(worker.returncode == 0 for worker in workers), said
        asked = Counter(request.path for host in hosts for request in host.requests)
        assert len(asked) == SOURCES
        assert set(asked.values()) == {1}
        assert {host.most_in_flight for host in hosts} == {1}
        assert sum(int(line.split()[0]) for line in said) == SOURCES
    finally:
        for host in hosts:
            host.close()
