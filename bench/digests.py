"""What a weekly run costs: building it for 10,000 and 100,000 readers, and handing letters over against bare smtplib.

    python bench/digests.py [--letters N]

Each size is built in a process of its own on a database of its own, with 2,000 distinct scopes. The rival of the
sender hands the same bytes to the same sink over one open connection; both are measured in processor seconds of this
process alone (the sink is a process of its own).
"""

import argparse
import json
import os
import resource
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SIZES = (10_000, 100_000)
SCOPES = 2_000
BATCH = 1_000
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=1_000, help="how many are handed over")
    letters = str(parser.parse_args().letters)
    print(f"building a run, {SCOPES:,} distinct scopes and as many renderings")
    for size in SIZES:
        found = apart("build", str(size))
        print(
            f"{size:>8,} readers: {found['seconds']:6.1f} s, {found['statements']} statements, "
            f"{found['grown_mb']:.0f} MB more memory at the peak"
        )
    hand_over("SQLite", letters, "")
    from tracker.servers import Missing, Postgres

    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        try:
            server = Postgres(Path(folder) / "postgres").start()
        except Missing as reason:
            print(f"not on PostgreSQL: {reason}")
            return
        try:
            hand_over("PostgreSQL", letters, server.create("bench"))
        finally:
            server.stop()


def hand_over(on: str, letters: str, database: str) -> None:
    found = apart("send", letters, database)
    print(
        f"handing over {found['letters']} letters of {found['bytes']:,} bytes, on {on}: {found['ours']:.2f} s of "
        f"processor, bare smtplib {found['bare']:.2f} s, ratio {found['ours'] / found['bare']:.2f}"
    )
    each = {name: seconds / found["letters"] * 1e6 for name, seconds in found["parts"].items()}
    each["all else"] = (found["ours"] - sum(found["parts"].values())) / found["letters"] * 1e6
    print("    microseconds a letter: " + ", ".join(f"{name} {spent:.0f}" for name, spent in each.items()))


def apart(what: str, amount: str, database: str = "") -> Any:
    """Measure in a process of its own, so that no memory and no cache is carried over."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        env = {**os.environ, "DATABASE_URL": database or f"sqlite:///{folder}/bench.sqlite3", "VAR_DIR": folder}
        env |= {"DJANGO_SETTINGS_MODULE": "tracker.settings", "SECRET_KEY": "only-for-this-bench-0123456789" * 2}
        command = [sys.executable, __file__, f"--{what}", amount]
        told = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
        return json.loads(told.splitlines()[-1])


def prepare(readers: int, scopes: int) -> None:
    """A migrated database with one change a commitment in the week, and readers of one commitment each."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db.models import Max

    from commitments.digests.models import Subscriber
    from commitments.models import Commitment, StatusChange

    call_command("migrate", verbosity=0)
    call_command("generate_load", commitments=scopes, verbosity=0)
    _untie(StatusChange)
    StatusChange.objects.update(recorded_at=NOW - timedelta(days=2))
    newest = StatusChange.objects.values("commitment").annotate(last=Max("sequence")).values("last")
    StatusChange.objects.filter(sequence__in=list(newest.values_list("last", flat=True))).update(
        review_mode="single_editor"
    )
    keys = [f"commitment:{pk}" for pk in Commitment.objects.order_by("pk").values_list("pk", flat=True)]
    for first in range(0, readers, BATCH):
        Subscriber.objects.bulk_create(
            Subscriber(
                email=f"r{n}@reader.example", state="active", weekly_scope=keys[n % scopes], created_at=NOW,
                confirmed_at=NOW,
            )
            for n in range(first, min(first + BATCH, readers))
        )  # fmt: skip


def _untie(model: Any) -> None:
    """The ledger refuses changes; a bench makes news of imported history all the same."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f'ALTER TABLE "{model._meta.db_table}" DISABLE TRIGGER USER')
            return
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [model._meta.db_table]
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


def build(readers: int) -> dict[str, float]:
    prepare(readers, SCOPES)
    from django.db import connection

    from commitments.digests import building

    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    counted = Count()
    with connection.execute_wrapper(counted):
        run = building.build_weekly(NOW)
    assert run, "no run was due"
    assert run.total == readers, "not every reader got a letter"
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {"seconds": time.monotonic() - began, "statements": counted.number, "grown_mb": grown}


class Count:
    def __init__(self) -> None:
        self.number = 0

    def __call__(self, execute: Any, *args: Any) -> Any:
        self.number += 1
        return execute(*args)


def send(letters: int) -> dict[str, Any]:
    prepare(letters, 20)
    from django.conf import settings

    from commitments.digests import building, sending

    with subprocess.Popen([sys.executable, __file__, "--sink", "0"], stdout=subprocess.PIPE, text=True) as box:
        try:
            assert box.stdout is not None
            address = urlsplit(box.stdout.readline().strip())
            settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
            settings.EMAIL_HOST, settings.EMAIL_PORT = address.hostname, address.port
            building.build_weekly(NOW)
            raws = the_same_bytes()
            first = spent(lambda: bare(str(address.hostname), int(address.port or 0), raws))
            parts = watch_the_parts()
            ours = spent(lambda: took_all(sending.send_due(lambda: NOW), letters))
            last = spent(lambda: bare(str(address.hostname), int(address.port or 0), raws))
            # The rival once before and once after: what else the machine does meanwhile falls on both.
            return {
                "letters": letters,
                "bytes": len(raws[0][1]),
                "ours": ours,
                "bare": (first + last) / 2,
                "parts": parts,
            }
        finally:
            box.kill()


def spent(work: Callable[[], None]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def watch_the_parts() -> dict[str, float]:
    """Fills itself while letters leave; what the watching costs is the sender's."""
    from commitments.digests import carrying
    from commitments.digests.models import Register

    parts = {"making out": 0.0, "asking the database": 0.0, "speaking": 0.0}
    places = ((carrying.Post, "make_out"), (Register, "put_on_the_line"), (carrying.Post, "hand_over"))
    for name, (holder, method) in zip(parts, places, strict=True):
        setattr(holder, method, timed(getattr(holder, method), name, parts))
    return parts


def timed(work: Callable[..., Any], name: str, parts: dict[str, float]) -> Callable[..., Any]:
    def run(*args: Any, **options: Any) -> Any:
        began = time.process_time()
        try:
            return work(*args, **options)
        finally:
            parts[name] += time.process_time() - began

    return run


def took_all(sent: int, letters: int) -> None:
    assert sent == letters, "not every letter was taken"


def the_same_bytes() -> list[tuple[str, bytes]]:
    from commitments.digests import addressing
    from commitments.digests.models import Delivery

    rows = Delivery.objects.select_related("letter", "subscriber")
    readers = [(row, row.subscriber) for row in rows if row.subscriber]
    made = (
        (who.email, addressing.made_out(row.letter, addressing.own(who.email, who.key, NOW))) for row, who in readers
    )
    return [(address, letter.message().as_bytes(linesep="\r\n")) for address, letter in made]


def bare(host: str, port: int, letters: list[tuple[str, bytes]]) -> None:
    with smtplib.SMTP(host, port) as line:
        for address, raw in letters:
            line.sendmail("tracker@localhost", [address], raw)


def sink(_: int) -> None:
    from tests.support.mailing import Sink

    with Sink() as box:
        print(box.url, flush=True)
        time.sleep(3600)


if __name__ == "__main__":
    parts = {"--build": build, "--send": send, "--sink": sink}
    if len(sys.argv) == 3 and sys.argv[1] in parts:
        print(json.dumps(parts[sys.argv[1]](int(sys.argv[2]))))
    else:
        main()
