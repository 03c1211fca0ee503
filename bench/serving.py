"""Serving the public page with 5,000 commitments and 100,000 rows of evidence: a kept page against a static file.

    python bench/serving.py [--commitments N] [--seconds N]

The same server (gunicorn as `manage.py up` starts it) answers all of them in one run, in turns: the style sheet, the
kept home page, the kept page of a promise, and both with the tag a browser sends back (304). The best round of each
counts: noise of the machine only ever slows. Ends with 1 where a kept page reaches less than half of the static file,
a 304 less than the whole, a new home page needs more than 12 queries, or a page with all it needs weighs over 50 kB.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tracker import servers

ROOT = Path(__file__).resolve().parent.parent
EVIDENCE_EACH = 20
ROUNDS = 4
CONNECTIONS = 4
PAGE_SHARE, TAG_SHARE, QUERIES_MOST = 0.5, 1.0, 12
WEIGHT_MOST = 50_000
# What a first visit loads besides the page itself.
SHARED = ("site.css", "icon.svg", "fonts/serif-600.woff2", "fonts/sans-400.woff2", "fonts/sans-600.woff2")
PAGES = (
    *("/", "/?sort=due", "/?q=school", "/agreements/", "/owners/", "/sectors/", "/changes/", "/corrections/"),
    *("/calendar/", "/method/", "/data/", "/about/", "/contact/", "/digest/", "/monitoring/"),
    *("/agreements/synthetic-agreement/", "/owners/synthetic-1/", "/sectors/synthetic-1/"),
)
LENGTH = re.compile(rb"content-length: (\d+)", re.I)


class Caller:
    """Keep-alive connections that always have a question under way: the client must not be what is measured."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.lines = [self._connect() for _ in range(CONNECTIONS)]

    def _connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def rate(self, path: str, seconds: float, tag: str = "") -> float:
        """Answers a second."""
        question = _question(self.port, path, tag)
        for line in self.lines:
            line.sendall(question)
        began, answered = time.perf_counter(), 0
        while (passed := time.perf_counter() - began) < seconds:
            for at, line in enumerate(self.lines):
                self._read(line)
                answered += 1
                self.lines[at] = line
                line.sendall(question)
        for line in self.lines:
            self._read(line)
        return answered / passed

    def _read(self, line: socket.socket) -> bytes:
        got = line.recv(1 << 20)
        while b"\r\n\r\n" not in got:
            got += line.recv(1 << 20) or _ended()
        head, _, body = got.partition(b"\r\n\r\n")
        found = LENGTH.search(head)
        wanted = 0 if b" 304 " in head[:16] or not found else int(found[1])
        while len(body) < wanted:
            body += line.recv(1 << 20) or _ended()
        return head

    def tag(self, path: str) -> str:
        self.lines[0].sendall(_question(self.port, path))
        head = self._read(self.lines[0]).decode("latin-1")
        return next(line.split(": ", 1)[1] for line in head.splitlines() if line.lower().startswith("etag:"))


def _ended() -> bytes:
    raise SystemExit("the server closed a connection that was to be kept")


def _question(port: int, path: str, tag: str = "") -> bytes:
    told = f"If-None-Match: {tag}\r\n" if tag else ""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\n{told}\r\n".encode()


def prepare(commitments: int) -> None:
    """In a process of its own: the tables, the rows, and what a new home page costs; prints JSON."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from commitments import generating
    from commitments.models import Commitment, EvidenceLink

    generating.EVIDENCE_EACH = EVIDENCE_EACH
    call_command("migrate", verbosity=0)
    call_command("generate_load", commitments=commitments, items=0, subscribers=0, stdout=sys.stderr)
    began = time.perf_counter()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = Client().get("/", headers={"host": "127.0.0.1"})
    took = time.perf_counter() - began
    assert answer.status_code == 200
    told = {"queries": len(asked), "seconds": took, "evidence": EvidenceLink.objects.count()}
    print(json.dumps({**told, "slug": Commitment.objects.values_list("slug", flat=True)[0]}))


@contextmanager
def serving(env: dict[str, str], port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "gunicorn", "tracker.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--threads", "8", "--timeout", "120", "--log-level", "error"]
    command += ["--keep-alive", "60"]
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        servers._wait_until(lambda: servers.answers_http(port, "/healthz"), 60, "the web server did not come up")
        yield
    finally:
        process.terminate()
        process.wait(20)


def measure(port: int, slug: str, seconds: float) -> dict[str, float]:
    caller = Caller(port)
    pages = {"home": "/", "promise": f"/c/{slug}/"}
    asked = {"static": ("/static/public/site.css", "")} | {name: (path, "") for name, path in pages.items()}
    asked |= {f"{name} 304": (path, caller.tag(path)) for name, path in pages.items()}
    best = dict.fromkeys(asked, 0.0)
    for _ in range(ROUNDS):
        for name, (path, tag) in asked.items():
            best[name] = max(best[name], caller.rate(path, seconds, tag))
    return best


def weigh(port: int, slug: str) -> dict[str, int]:
    """Octets on the wire of a first visit to each page, answer headers included."""

    def sent(path: str) -> int:
        asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(asked) as answer:
            return len(answer.read()) + len(bytes(answer.headers))

    fixed = sum(sent(f"/static/public/{name}") for name in SHARED)
    return {path: fixed + sent(path) for path in (*PAGES, f"/c/{slug}/", f"/embed/c/{slug}/")}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commitments", type=int, default=5_000)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measure in each round")
    parser.add_argument("--prepare", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.prepare:
        prepare(options.prepare)
        return 0
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        port = servers.free_port()
        env = {**os.environ, "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3", "VAR_DIR": folder, "PORT": str(port)}
        env |= {"DJANGO_SETTINGS_MODULE": "tracker.settings", "SECRET_KEY": "only-for-this-bench-0123456789" * 2}
        command = [sys.executable, __file__, "--prepare", str(options.commitments)]
        told = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
        facts = json.loads(told.splitlines()[-1])
        with serving(env, port):
            best = measure(port, facts["slug"], options.seconds)
            weights = weigh(port, facts["slug"])
    return report(options.commitments, facts, best, weights)


def report(commitments: int, facts: dict[str, float], best: dict[str, float], weights: dict[str, int]) -> int:
    print(f"{commitments:,} commitments, {facts['evidence']:,} rows of evidence; {CONNECTIONS} connections")
    print(f"a new home page: {facts['queries']} queries, {facts['seconds']:.2f} s")
    for name, rate in best.items():
        print(f"{name:12} {rate:8,.0f} a second, {rate / best['static']:.2f} of the static file")
    heaviest = sorted(weights, key=lambda path: -weights[path])
    print("heaviest first visits, kB: " + ", ".join(f"{path} {weights[path] / 1000:.1f}" for path in heaviest[:4]))
    print(f"lightest: {heaviest[-1]} {weights[heaviest[-1]] / 1000:.1f}; {len(weights)} pages weighed")
    pages = [rate for name, rate in best.items() if name in ("home", "promise")]
    tags = [rate for name, rate in best.items() if name.endswith("304")]
    good = min(pages) >= PAGE_SHARE * best["static"] and min(tags) >= TAG_SHARE * best["static"]
    return 0 if good and facts["queries"] <= QUERIES_MOST and weights[heaviest[0]] <= WEIGHT_MOST else 1


if __name__ == "__main__":
    sys.exit(main())
