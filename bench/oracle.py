"""Does the time of the answer to a sign-up tell whether an address is known? Medians of three kinds, taken in turns.

    python bench/oracle.py [--requests N]

One process, the real address, a database of its own; the broker is away. Each request comes from another network, so
that no limit cuts in. The medians should differ by no more than the same kind differs from itself in two halves.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
KINDS = ("known", "unknown", "suppressed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=200, help="of each kind")
    count = parser.parse_args().requests
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        os.environ |= {"DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3", "VAR_DIR": folder, "LOG_LEVEL": "ERROR"}
        os.environ |= {"REDIS_URL": "memory://", "SECRET_KEY": "only-for-this-bench-0123456789" * 2}
        os.environ["DJANGO_SETTINGS_MODULE"] = "tracker.settings"
        prepare(count)
        taken = measure(count)
    for kind in KINDS:
        halves = taken[kind][: count // 2], taken[kind][count // 2 :]
        own = abs(statistics.median(halves[0]) - statistics.median(halves[1]))
        print(f"{kind:>10}: median {statistics.median(taken[kind]):6.1f} ms, its two halves differ by {own:.1f} ms")
    medians = [statistics.median(taken[kind]) for kind in KINDS]
    print(f"the kinds differ by at most {max(medians) - min(medians):.1f} ms")


def prepare(count: int) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from commitments.digests import marking
    from commitments.digests.models import Subscriber

    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    now = timezone.now()
    Subscriber.objects.bulk_create(
        Subscriber(email=f"known{n}@reader.example", state="active", created_at=now, confirmed_at=now)
        for n in range(count)
    )
    for n in range(count):
        marking.suppress(f"suppressed{n}@reader.example", "by_hand", "", now)


def measure(count: int) -> dict[str, list[float]]:
    from django.test import Client
    from django.utils import timezone

    from commitments.digests import tokens

    client, taken = Client(), {kind: list[float]() for kind in KINDS}
    form = {"about": "everything:", "frequency": "weekly", "website": ""}
    form["shown"] = tokens.stamp(timezone.now() - timedelta(minutes=1))
    for n in range(count):
        for place, kind in enumerate(KINDS):
            sent = {**form, "email": f"{kind}{n}@reader.example"}
            began = time.perf_counter()
            answer = client.post("/digest/", sent, REMOTE_ADDR=f"198.{18 + place}.{n // 250}.{n % 250}")
            taken[kind].append((time.perf_counter() - began) * 1000)
            assert (answer.status_code, answer.headers["Location"]) == (302, "/digest/check-your-post/"), answer
    return taken


if __name__ == "__main__":
    main()
