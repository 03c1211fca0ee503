"""What an installation costs with 1, 10 and 100 times the shipped record: processor seconds of each job, memory.

    python bench/costing.py [--times 1,10,100]

PostgreSQL, a database for each size, filled by `generate_load` in the proportions of the shipped record; readers and
items grow with it. Each size is measured in a process of its own. CPU is that process's and the database's together;
memory is what the process holds at its highest after a job, so a job shows what it adds to those before it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.growth import database_seconds
from tracker import servers

# As `seed` loads it, with the items that its sources brought, and a hundred readers.
RECORD = {"commitments": 36, "items": 409, "subscribers": 100}
JUDGED = 200
ROUNDS = 3
PROMISE = "/c/synthetic-1/"


class Meter:
    """Runs a job; CPU in seconds, of this process and of the database's processes together."""

    def __init__(self, database: int) -> None:
        process = type("Running", (), {"pid": database})()
        self.server, self.found = servers.Postgres(Path(), process=process), dict[str, list[float]]()

    def spend(self, name: str, job: Callable[[], Any], rounds: int = 1) -> None:
        """The cheapest of the rounds counts: noise only ever adds."""
        costs = []
        for _ in range(rounds):
            before = self._used()
            job()
            costs.append(self._used() - before)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.found[name] = [min(costs), peak]

    def _used(self) -> float:
        own = resource.getrusage(resource.RUSAGE_SELF)
        return own.ru_utime + own.ru_stime + database_seconds(self.server)


def measure(times: int, database: int) -> None:
    """In a process of its own; prints JSON."""
    import django

    django.setup()
    from django.test import Client
    from django.utils import timezone

    from commitments import auditing
    from commitments.digests import building
    from commitments.public import caching
    from monitoring import judging

    _fill(times)
    meter, client = Meter(database), Client()

    def page(address: str) -> None:
        caching.shelf.pages.clear()
        assert client.get(address, headers={"host": "127.0.0.1"}).status_code == 200

    meter.spend("start", lambda: None)
    meter.spend("home", lambda: page("/"), ROUNDS)
    meter.spend("promise", lambda: page(PROMISE), ROUNDS)
    meter.spend("judge", lambda: judging.judge_waiting(timezone.now()))
    meter.spend("digest", lambda: building.build_weekly(timezone.now() + timedelta(days=7)))
    meter.spend("verify", auditing.audit)
    print(json.dumps(meter.found))


def _fill(times: int) -> None:
    """The record so many times, and JUDGED items that wait to be judged."""
    from django.core.management import call_command
    from django.utils import timezone

    from monitoring.models import Item

    call_command("migrate", verbosity=0)
    call_command("generate_load", **{name: times * count for name, count in RECORD.items()}, stdout=sys.stderr)
    keep = list(Item.objects.order_by("pk").values_list("pk", flat=True)[:JUDGED])
    Item.objects.exclude(pk__in=keep).update(judged_at=timezone.now())


def apart(times: int, postgres: servers.Postgres, folder: str) -> dict[str, list[float]]:
    assert postgres.process is not None
    env = {**os.environ, "DATABASE_URL": postgres.create(f"times_{times}"), "VAR_DIR": folder}
    env |= {"DJANGO_SETTINGS_MODULE": "tracker.settings", "SECRET_KEY": secrets.token_urlsafe(60)}
    command = [sys.executable, __file__, "--measure", str(times), "--database", str(postgres.process.pid)]
    told = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, list[float]] = json.loads(told.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", default="1,10,100")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--database", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure, options.database)
        return
    with tempfile.TemporaryDirectory(prefix="costing-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)  # PostgreSQL runs as `nobody` where root starts it
        postgres = servers.Postgres(Path(folder) / "postgres").start()
        try:
            for times in map(int, options.times.split(",")):
                found = apart(times, postgres, folder)
                told = ", ".join(f"{name} {1000 * cpu:,.0f} ms {mb:.0f} MB" for name, (cpu, mb) in found.items())
                print(f"{times:4} times: {told}", flush=True)
        finally:
            postgres.stop()


if __name__ == "__main__":
    main()
