"""The kill test: real workers, beat and broker killed at random instants while letters are being handed over.

    python -m tests.chaos --letters 5000 --kills 100 --seed 7 [--postgres]

The kills are spread over the letters: each waits until its share of them has arrived, then strikes within the time
that a letter takes. The sink is slow and honours the idempotency key: a letter whose key it has seen goes into a
second box. What reached the first is what such a service delivers, both together what a plain server would have
delivered; a sender cannot tell the two apart, for both answer 250.
Ends with 1 when a letter was lost, was doubled in spite of its key or without a word in the ledger, or when none of
fifty kills hit a letter under way.
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
LEASE_SECONDS = 3
RING_SECONDS = 1
SLOWEST_LETTER_SECONDS = 0.03
# The last kills strike while letters are still due.
LAST_KILL_AT = 0.9
LONGEST_PAUSE_SECONDS = 60
# So many kills that not one found a letter under way have tested nothing; a short run may be that unlucky.
ENOUGH_TO_HIT = 50
WORKERS = ("worker 1", "worker 2")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=5000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL of its own instead of SQLite")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        if not options.postgres:
            return trial(Path(folder), f"sqlite:///{folder}/chaos.sqlite3", options)
        from tracker.servers import Postgres

        server = Postgres(Path(folder) / "postgres").start()
        try:
            return trial(Path(folder), server.create("chaos"), options)
        finally:
            server.stop()


def trial(folder: Path, database: str, options: Any) -> int:
    from tests.support.mailing import Sink
    from tracker.servers import Broker

    pace = random.Random(options.seed)
    with Sink(delay=lambda: pace.uniform(0, SLOWEST_LETTER_SECONDS), honours_key=True) as sink:
        broker = Broker(folder / "broker").start()
        os.environ |= {
            "DATABASE_URL": database,
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
    """Kill all through the mailing, then let the house recover until every letter is out."""
    chance, kills, started = random.Random(options.seed), Counter[str](), time.monotonic()
    running = {name: start(name) for name in (*WORKERS, "beat")}
    try:
        for after in sorted(chance.uniform(0, LAST_KILL_AT * options.letters) for _ in range(options.kills)):
            wait_for_letters(sink, after)
            time.sleep(chance.uniform(0, SLOWEST_LETTER_SECONDS))
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


def wait_for_letters(sink: Any, count: float) -> None:
    """Until more than `count` letters were handed over, or the house has been still for a minute."""
    deadline = time.monotonic() + LONGEST_PAUSE_SECONDS
    while len(sink.letters) <= count and time.monotonic() < deadline:
        time.sleep(0.001)


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

    delivered = Counter(letter.recipients[0] for letter in sink.letters)
    handed_over = delivered + Counter(letter.recipients[0] for letter in sink.dropped)
    lost = len(people - set(delivered))
    keyed, doubled = (sum(count - 1 for count in box.values()) for box in (delivered, handed_over))
    doubtful = Delivery.objects.filter(repeats__gt=0)
    explained = set(
        doubtful.filter(note__contains="May have been sent twice").values_list("subscriber__email", flat=True)
    )
    silent = sum(1 for address, count in handed_over.items() if count > 1 and address not in explained)
    hits = sum(doubtful.values_list("repeats", flat=True))
    by = ", ".join(f"{count} {name}" for name, count in sorted(kills.items()))
    print(f"{len(people)} letters due, {sum(kills.values())} kills ({by}), {seconds:.0f} s")
    print(f"runs: {[str(run.state) for run in DigestRun.objects.weekly()]}, {Delivery.objects.all().sums()}")
    print(f"kills that hit a letter under way: {hits}; lost: {lost}")
    print(f"doubled at a sink that honours the key: {keyed}; its repeats refused: {len(sink.dropped)}")
    print(f"doubled at a plain sink: {doubled}, of them unexplained in the ledger: {silent}")
    missed = not hits and sum(kills.values()) >= ENOUGH_TO_HIT
    return int(bool(lost or keyed or silent or missed or doubled > hits))


def worker() -> None:
    import django

    django.setup()
    from commitments.digests import marking
    from tracker.celery import app

    marking.LEASE = timedelta(seconds=LEASE_SECONDS)
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
