"""The poller with 100, 1,000 and 10,000 sources on a real PostgreSQL: does its cost stay in step with their number?

    python bench/growth.py [--sizes 100,1000,10000] [--items 10]

One worker takes batch after batch, as it is handed them. CPU is the worker's and the database's together; memory is the
worker's own at its highest. The farm is not counted. One server for all sizes, a database for each.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.polling import Farm, Subject, tell
from tracker import servers

HOSTS = 1_000
SETTINGS = {
    "BENCH_AS_WORKER": "1",
    "SECRET_KEY": secrets.token_urlsafe(60),
    "ALLOW_PRIVATE_NETWORKS": "127.0.0.0/8",
}
ROUNDS = 3
NOISE = 1.3  # the same work measured twice on a shared machine


def database_seconds(postgres: servers.Postgres) -> float:
    """What the server and all its processes have used, the ended ones too."""
    assert postgres.process is not None
    top = postgres.process.pid
    living = [line.split() for line in map(_stat, Path("/proc").glob("[0-9]*")) if line]
    ours = [fields for fields in living if int(fields[1]) == top]
    ticks = sum(int(fields[11]) + int(fields[12]) for fields in ours)
    own = _stat(Path(f"/proc/{top}")).split()
    return (ticks + sum(map(int, own[11:15]))) / os.sysconf("SC_CLK_TCK")


def _stat(process: Path) -> str:
    """The fields of proc(5) behind the name, from the state on."""
    try:
        return (process / "stat").read_text().rpartition(")")[2]
    except OSError:
        return ""


def measure(postgres: servers.Postgres, feeds: int, items: int) -> dict[str, float]:
    hosts = min(feeds, HOSTS)
    url = postgres.create(f"growth_{feeds}")
    with contextlib.ExitStack() as ends:
        farm = Farm(feeds, hosts, 0, 0, 0, items)
        ends.callback(farm.stop)
        subject = Subject("ours", farm, feeds, hosts, sys.executable, DATABASE_URL=url, **SETTINGS)
        ends.callback(subject.stop)
        found = {"first": _round(subject, postgres)["ms"]}
        rounds = [_round(subject, postgres) for _round_number in range(ROUNDS)]
        found |= {name: min(one[name] for one in rounds) for name in ("ms", "statements")}
        return found | {"mb": max(one["mb"] for one in rounds)}


def _round(subject: Subject, postgres: servers.Postgres) -> dict[str, float]:
    before = database_seconds(postgres)
    answer = subject.round()
    if answer["done"] != subject.feeds:
        raise SystemExit(f"{answer['done']} of {subject.feeds} sources were asked")
    spent = answer["cpu"] + database_seconds(postgres) - before
    return {**answer, "ms": 1000 * spent / subject.feeds, "statements": 100 * answer["statements"] / subject.feeds}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="100,1000,10000")
    parser.add_argument("--items", type=int, default=10)
    options = parser.parse_args()
    found = {}
    with tempfile.TemporaryDirectory(prefix="growth-", ignore_cleanup_errors=True) as folder:
        postgres = servers.Postgres(Path(folder)).start()
        try:
            print("sources   first poll   unchanged (ms a source)   statements per 100   worker MB", flush=True)
            for feeds in map(int, options.sizes.split(",")):
                one = found[feeds] = measure(postgres, feeds, options.items)
                print(
                    f"{feeds:7} {one['first']:12.2f} {one['ms']:11.2f} {one['statements']:34.1f} {one['mb']:11.0f}",
                    flush=True,
                )
        finally:
            postgres.stop()
    small, large = found[min(found)], found[max(found)]
    middle = found.get(1_000, small)
    tell("CPU of an unchanged source, largest ÷ smallest", large["ms"] / small["ms"], NOISE)
    tell("CPU of a first poll, largest ÷ smallest", large["first"] / small["first"], NOISE)
    tell("worker's memory, largest ÷ a thousand", large["mb"] / middle["mb"], NOISE)


if __name__ == "__main__":
    main()
