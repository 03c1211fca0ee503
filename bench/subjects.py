"""What is measured: each subject is its own process, told what to do on stdin, and counts its own CPU.

    python bench/subjects.py ours|httpx|reader|rss2email PORT FEEDS HOSTS

Answers each line with JSON after a round: cpu and wall seconds, sources done, memory; ours also with the number of
statements and the seconds until 97 % of the sources were stored.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from farm import host_name

ROOT = Path(__file__).resolve().parent.parent
FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")  # of transactions: no statement of ours
AGENT = "CommitmentTracker/1.0 (+http://127.0.0.1; bench@localhost)"


def addresses(port: int, feeds: int, hosts: int) -> list[str]:
    return [f"http://{host_name(number % hosts)}:{port}/{number}.xml" for number in range(feeds)]


def cpu() -> float:
    """User and system seconds of this process, the children it has waited for, and those that are still at work."""
    ended = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in ended) + sum(map(_seconds_of, Path("/proc").glob("[0-9]*")))


def _seconds_of(process: Path) -> float:
    """What a living child of ours has used; the fields are those of proc(5), counted behind the name."""
    try:
        after_name = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    is_ours = int(after_name[1]) == os.getpid()
    return sum(map(int, after_name[11:15])) / os.sysconf("SC_CLK_TCK") if is_ours else 0.0


def bare_httpx(wanted: list[str]) -> Callable[[], int]:
    """Stock httpx, fifty in flight, validators sent back: the floor that a poller stands on."""
    import httpx

    etags: dict[str, str] = {}

    async def one(client: httpx.AsyncClient, address: str, flight: asyncio.Semaphore) -> None:
        async with flight:
            headers = {"If-None-Match": etags[address]} if address in etags else {}
            answer = await client.get(address, headers=headers)
            etags[address] = answer.headers.get("etag", "")

    async def everything() -> None:
        flight = asyncio.Semaphore(50)
        limits = httpx.Limits(max_connections=50, max_keepalive_connections=0)
        async with httpx.AsyncClient(limits=limits, timeout=30, headers={"User-Agent": AGENT}) as client:
            await asyncio.gather(*(one(client, address, flight) for address in wanted))

    def run() -> int:
        asyncio.run(everything())
        return len(wanted)

    return run


class Ours:
    """Claims, batches, parsing children, storing: everything but the broker, and judging only when asked for.

    BENCH_JUDGED=1 brings judging in; BENCH_AS_WORKER=1 takes batch after batch, as a worker is handed them.
    """

    def __init__(self, wanted: list[str]) -> None:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        from django.core.management import call_command
        from django.utils import timezone

        self.judged, self.as_worker = (bool(os.environ.get(f"BENCH_{name}")) for name in ("JUDGED", "AS_WORKER"))
        call_command("migrate", verbosity=0)
        if self.judged:
            call_command("seed", verbosity=0)
        self.moment = timezone.now()
        self.statements = 0
        self.stored: list[tuple[float, int]] = []
        self._add(wanted)

    def _add(self, wanted: list[str]) -> None:
        from monitoring.models import HostState, Source

        hosts: dict[str, Any] = {}
        for address in wanted:
            name = address.split("/")[2]
            hosts[name] = hosts.get(name) or HostState.objects.named(address)
        Source.objects.bulk_create(
            Source(title=f"Feed {n}", address=one, next_check_at=self.moment, host=hosts[one.split("/")[2]])
            for n, one in enumerate(wanted)
        )

    def __call__(self) -> int:
        from django.db import connection

        self.moment += timedelta(days=9)
        self.statements, self.stored = 0, []
        with connection.execute_wrapper(self._count):
            return self._poll()

    def _poll(self) -> int:
        from monitoring import claiming, judging, polling

        report = polling.Report()
        if self.as_worker:
            while batch := claiming.claim_batch(self.moment):
                report += polling.poll(batch, self.moment, goes_on=True)
        else:
            report = polling.poll_alone(claiming.claim_due(self.moment), self.moment)
        if self.judged and report.has_news:  # as the worker does
            judging.judge_waiting(self.moment)
        return report.asked

    def _count(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if not sql.startswith(FRAME):
            self.statements += 1
        if "INTO" in sql[:12] and "monitoring_fetch" in sql[:40]:
            self.stored.append((time.monotonic(), sql.count("(") - 1))  # a bracket a row, and one for the columns
        return result

    def seconds_until(self, share: float, began: float) -> float:
        """From then until that share of what was asked was stored."""
        wanted, so_far = share * sum(count for _at, count in self.stored), 0
        for at, count in self.stored:
            so_far += count
            if so_far >= wanted:
                return at - began
        return 0.0


def reader(wanted: list[str]) -> Callable[[], int]:
    """lemon24/reader as its documentation says, twenty workers."""
    from reader import make_reader

    made = make_reader(str(Path(tempfile.mkdtemp()) / "reader.sqlite"))
    for address in wanted:
        made.add_feed(address)

    def run() -> int:
        return sum(
            1
            for result in made.update_feeds_iter(workers=20, scheduled=False)
            if not isinstance(result.value, Exception)
        )

    return run


def rss2email(wanted: list[str]) -> Callable[[], int]:
    """rss2email, one feed after the other as its `run` does, but writing no letters (`--no-send`)."""
    from rss2email.feeds import Feeds

    folder = Path(tempfile.mkdtemp())
    made = Feeds(configfiles=[str(folder / "rss2email.cfg")], datafile_path=str(folder / "rss2email.json"))
    for number, address in enumerate(wanted):
        made.new_feed(name=f"feed{number}", url=address, to="bench@localhost")
    made.save_config()
    made.save_feeds()

    def run() -> int:
        for feed in made:
            feed.run(send=False)
        made.save_feeds()
        return len(made)

    return run


def main() -> None:
    name, port, feeds, hosts = sys.argv[1], *map(int, sys.argv[2:5])
    make: dict[str, Any] = {"ours": Ours, "httpx": bare_httpx, "reader": reader, "rss2email": rss2email}
    run = make[name](addresses(port, feeds, hosts))
    print(json.dumps({"ready": True}), flush=True)
    for _line in sys.stdin:
        began, used = time.monotonic(), cpu()
        done = run()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        answer = {"cpu": cpu() - used, "wall": time.monotonic() - began, "done": done, "mb": memory}
        if isinstance(run, Ours):
            answer |= {"statements": run.statements, "others": run.seconds_until(0.97, began)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
