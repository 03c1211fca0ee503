"""The kill test: real workers, beat and broker killed at random instants while letters are due.

    python -m tests.chaos --letters 5000 --kills 100 --seed 7

Prints lost, doubled at a plain sink, doubled at a sink that honours the idempotency key, and what the ledger says.
Ends with 1 when a letter was lost or doubled without an explanation.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LEASE_SECONDS = 5
RING_SECONDS = 2
WORKERS = ("worker 1", "worker 2")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=5000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--database", default="", help="DATABASE_URL; a SQLite file of its own without one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        return trial(Path(folder), options)


def trial(folder: Path, options: Any) -> int:
    from tests.support.mailing import Sink
    from tracker.servers import Broker

    with Sink(delay=0.004) as sink:
        broker = Broker(folder / "broker").start()
        os.environ |= {
            "DATABASE_URL": options.database or f"sqlite:///{folder}/chaos.sqlite3",
            "REDIS_URL": broker.url,
            "EMAIL_URL": sink.url,
            "VAR_DIR": str(folder / "var"),
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
            "SECRET_KEY": "only-for-this-trial-0123456789-abcdefghijklmnopqrstuvwxyz",
            "LOG_LEVEL": "ERROR",
        }
        people = prepare(options.letters)
        kills, seconds = attack(broker, options, sink)
        return report(sink, people, kills, seconds)


def prepare(letters: int) -> set[str]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from commitments.digests import building
    from commitments.digests.models import Subscriber
    from tests.digests.builders import news

    call_command("migrate", verbosity=0)
    now = timezone.now()
    news(at=building.schedule().last_boundary(now) - timedelta(days=2))
    people = {f"reader{number}@example.org" for number in range(letters)}
    Subscriber.objects.bulk_create(
        (
            Subscriber(email=email, state="active", weekly_scope="everything", created_at=now, confirmed_at=now)
            for email in sorted(people)
        ),
        batch_size=1000,
    )
    return people


def attack(broker: Any, options: Any, sink: Any) -> tuple[Counter[str], float]:
    """Kill until the kills are done, then let the house recover until every letter is out."""
    chance, kills, started = random.Random(options.seed), Counter[str](), time.monotonic()
    running = {name: start(name) for name in (*WORKERS, "beat")}
    try:
        while sum(kills.values()) < options.kills:
            time.sleep(chance.uniform(0.2, 1.4))
            name = chance.choice([*WORKERS, *WORKERS, "beat", "broker"])
            if name == "broker":
                broker.process.kill()
                broker.process.wait()
                broker.start()
            else:
                kill(running[name])
                running[name] = start(name)
            kills[name.split()[0]] += 1
        wait_until_done()
    finally:
        for process in running.values():
            kill(process)
        broker.stop()
    return kills, time.monotonic() - started


def start(name: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.chaos", name.split()[0]]
    return subprocess.Popen(
        command, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def kill(process: "subprocess.Popen[bytes]") -> None:
    """The whole process group, without a word of warning."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until_done(seconds: float = 240) -> None:
    from commitments.digests.models import DigestRun

    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        run = DigestRun.objects.weekly().first()
        if run is not None and run.state != "sending":
            return
        time.sleep(0.5)


def report(sink: Any, people: set[str], kills: Counter[str], seconds: float) -> int:
    from commitments.digests.models import Delivery, DigestRun

    copies = Counter(letter.recipients[0] for letter in sink.letters)
    keys = {(letter.recipients[0], letter.message["Message-ID"]) for letter in sink.letters}
    lost, doubled = len(people - set(copies)), sum(count - 1 for count in copies.values())
    explained = set(Delivery.objects.filter(repeats__gt=0).values_list("subscriber__email", flat=True))
    silent = sum(1 for address, count in copies.items() if count > 1 and address not in explained)
    keyed = len(keys) - len({address for address, _ in keys})
    by = ", ".join(f"{count} {name}" for name, count in sorted(kills.items()))
    print(f"{len(people)} letters due, {sum(kills.values())} kills ({by}), {seconds:.0f} s")
    print(f"runs: {[str(run.state) for run in DigestRun.objects.weekly()]}, {Delivery.objects.all().sums()}")
    print(f"lost {lost}; doubled at a plain sink {doubled}, of them unexplained in the ledger {silent}")
    print(f"doubled at a sink that honours the key: {keyed}")
    return int(bool(lost or silent or keyed or doubled > kills["worker"]))


def worker() -> None:
    import django

    django.setup()
    from commitments.digests import sending
    from tracker.celery import app

    sending.LEASE = timedelta(seconds=LEASE_SECONDS)
    app.worker_main(["worker", "--pool=solo", "-Q", "mail", "--loglevel=ERROR", "--without-mingle", "--without-gossip"])


def beat() -> None:
    import django

    django.setup()
    from tracker.celery import TIMETABLE, app

    for entry in TIMETABLE.values():
        entry["schedule"] = RING_SECONDS
    app.start(["beat", "--loglevel=ERROR"])


if __name__ == "__main__":
    if sys.argv[1:] == ["worker"]:
        worker()
    elif sys.argv[1:] == ["beat"]:
        beat()
    else:
        sys.exit(main())
