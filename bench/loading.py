"""The fleet under load: a hundred readers on the page, a thousand sources due, ten thousand letters going out, at once.

    python bench/loading.py [--readers 100] [--sources 1000] [--letters 10000] [--kill-every SECONDS]

PostgreSQL, broker, web, two poll workers, a mail worker, one for the rest and beat are processes of their own, as are
the readers and the feeds; the mail server is a thread of this one. A reader opens a connection, reads the front page or
a promise, and looks at it for a second. With `--kill-every` one worker after the other is killed (-9) in that rhythm.
Ends with 1 where a reader got anything but 200, a source was not read, or a letter was lost.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

from tests.faults import house as houses
from tests.rehearsal import clock
from tests.support import mailing

LOOKS_AT_IT = 1.0
ANSWERED_WITHIN = 30.0
ITEMS = 3
GIVE_UP = 900.0
STRUCK = ("mail", "poll-1", "worker", "poll-2")
PATHS = ("/", "/c/struck/")


async def read_on(port: int, readers: int) -> None:
    """Until this process's stdin is closed; then prints what every question took, and what went wrong."""
    took: list[float] = []
    wrong: Counter[str] = Counter()

    async def reader(number: int) -> None:
        await asyncio.sleep(LOOKS_AT_IT * number / readers)
        for path in iter(lambda: random.choice(PATHS), None):
            began = time.perf_counter()
            try:
                status = await asyncio.wait_for(_ask(port, path), ANSWERED_WITHIN)
            except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
                status = type(error).__name__
            took.append(time.perf_counter() - began)
            if status != "200":
                wrong[status] += 1
            await asyncio.sleep(LOOKS_AT_IT)

    tasks = [asyncio.create_task(reader(number)) for number in range(readers)]
    await asyncio.to_thread(sys.stdin.read)
    for task in tasks:
        task.cancel()
    print(json.dumps({"took": took, "wrong": wrong}))


async def _ask(port: int, path: str) -> str:
    incoming, outgoing = await asyncio.open_connection("127.0.0.1", port)
    try:
        outgoing.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        answer = await incoming.read(-1)
        head = answer.split(b"\r\n", 1)[0].split()
        return head[1].decode() if len(head) > 1 and answer else "nothing"
    finally:
        outgoing.close()


class Load:
    def __init__(self, house: houses.House, options: argparse.Namespace) -> None:
        from tests.faults import load

        self.house, self.options = house, options
        self.feeds, self.desk = load.Feeds(house, options.sources, ITEMS), load.Desk()
        load.add_readers(options.letters)

    def run(self) -> dict[str, float]:
        """Seconds until all sources were asked, and until all letters were out."""
        from commitments.digests.models import DigestRun
        from tracker.celery import app

        app.send_task("commitments.digests.tasks.send_due_digests", queue="mail")
        self._until(DigestRun.objects.alerts().exists, "the run that marks the beginning")
        self.desk.decide()
        self.feeds.add()
        began, ends, kills = time.monotonic(), dict[str, float](), 0
        app.send_task("commitments.digests.tasks.send_due_digests", queue="mail")
        app.send_task("monitoring.tasks.poll_due_sources", queue="poll")
        while len(ends) < 2 and (gone := time.monotonic() - began) < GIVE_UP:
            for name, is_done in (("sources", self._all_read), ("letters", self._all_out)):
                if name not in ends and is_done():
                    ends[name] = time.monotonic() - began
            every = self.options.kill_every
            if every and gone > every * (kills + 1):
                self.house.kill(STRUCK[kills % len(STRUCK)])
                kills += 1
            time.sleep(1)
        return {**ends, "kills": kills}

    def _all_read(self) -> bool:
        from monitoring.models import Source

        return not Source.objects.filter(title__startswith="Feed ", last_success_at__isnull=True).exists()

    def _all_out(self) -> bool:
        from commitments.digests.models import Delivery

        made = Delivery.objects.all()
        return made.exists() and not made.unfinished().exists()

    def _until(self, condition: Any, what: str) -> None:
        deadline = time.monotonic() + GIVE_UP
        while not condition():
            if time.monotonic() > deadline:
                raise SystemExit(f"not within {GIVE_UP:.0f} s: {what}")
            time.sleep(0.2)


def measure(house: houses.House, options: argparse.Namespace) -> int:
    load = Load(house, options)
    with houses.running(house):
        command = [sys.executable, __file__, "--port", str(house.fleet.port), "--readers", str(options.readers)]
        readers = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        ends = load.run()
        said, _ = readers.communicate()
    return report(options, ends, json.loads(said), house.sink)


def report(options: argparse.Namespace, ends: dict[str, float], heard: dict[str, Any], sink: mailing.Sink) -> int:
    got = Counter(letter.recipients[0] for letter in sink.letters)
    lost, doubled = options.letters - len(got), sum(got.values()) - len(got)
    took = sorted(heard["took"])
    p50, p95, p99 = (1000 * took[min(int(len(took) * share), len(took) - 1)] for share in (0.5, 0.95, 0.99))
    print(f"{options.readers} readers, {len(took):,} pages: p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms")
    print(f"errors: {sum(heard['wrong'].values())} {heard['wrong'] or ''}")
    print(f"{options.sources:,} sources asked after {ends.get('sources', float('inf')):.0f} s")
    print(
        f"{options.letters:,} letters out after {ends.get('letters', float('inf')):.0f} s; lost {lost}, twice {doubled}"
    )
    print(
        f"workers killed: {ends['kills']:.0f}; load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    return int(bool(heard["wrong"] or lost or "sources" not in ends or "letters" not in ends))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=int, default=100)
    parser.add_argument("--sources", type=int, default=1_000)
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--kill-every", type=float, default=0.0)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.port:
        asyncio.run(read_on(options.port, options.readers))
        return 0
    with tempfile.TemporaryDirectory(prefix="load-", ignore_cleanup_errors=True) as folder, mailing.Sink() as sink:
        os.chmod(folder, 0o755)  # PostgreSQL runs as `nobody` where root starts it
        with houses.raised(Path(folder), options.sources, ITEMS, sink) as house:
            os.environ.update(house.fleet.environment)
            django.setup()
            clock.wind()
            return measure(house, options)


if __name__ == "__main__":
    sys.exit(main())
