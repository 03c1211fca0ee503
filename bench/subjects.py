"""What is measured: each subject is its own process, told what to do on stdin, and counts its own CPU.

    python bench/subjects.py ours|httpx|reader PORT FEEDS HOSTS

Reads lines "first", "again", … and answers each with JSON: cpu and wall seconds, sources done.
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
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
AGENT = "CommitmentTracker/1.0 (+http://127.0.0.1; bench@localhost)"


def addresses(port: int, feeds: int, hosts: int) -> list[str]:
    return [f"http://127.0.0.{1 + number % hosts}:{port}/{number}.xml" for number in range(feeds)]


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


def ours(wanted: list[str]) -> Callable[[], int]:
    """Claims, batches, parsing children, storing: everything but the broker, and judging only when asked for."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from datetime import datetime, timedelta

    from django.core.management import call_command
    from django.utils import timezone

    from monitoring import claiming, judging, polling
    from monitoring.models import Source

    call_command("migrate", verbosity=0)
    if judged := bool(os.environ.get("BENCH_JUDGED")):
        call_command("seed", verbosity=0)
    now = timezone.now()
    for number, address in enumerate(wanted):
        Source.objects.create(title=f"Feed {number}", address=address, next_check_at=now)
    turns = {"moment": now}

    def run() -> int:
        turns["moment"] += timedelta(days=9)
        moment: datetime = turns["moment"]
        done = 0
        while batches := claiming.claim_due(moment):
            report = polling.poll_all(batches, moment)
            done += report.asked
        if judged:
            judging.judge_waiting(moment)
        return done

    return run


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


def main() -> None:
    name, port, feeds, hosts = sys.argv[1], *map(int, sys.argv[2:5])
    make: dict[str, Any] = {"ours": ours, "httpx": bare_httpx, "reader": reader}
    run = make[name](addresses(port, feeds, hosts))
    print(json.dumps({"ready": True}), flush=True)
    for _line in sys.stdin:
        began, used = time.monotonic(), cpu()
        done = run()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            json.dumps({"cpu": cpu() - used, "wall": time.monotonic() - began, "done": done, "mb": memory}), flush=True
        )


if __name__ == "__main__":
    main()
