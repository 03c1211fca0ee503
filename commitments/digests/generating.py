"""Synthetic readers for benchmarks: confirmed, a fifth of them for everything, the others for one thing each."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice

from commitments.digests.models import Subscriber
from commitments.models import Commitment

BATCH = 1_000
HOST = "@reader.example"
EVERY_FIFTH = 5


def real_data() -> str:
    count = Subscriber.objects.exclude(email__endswith=HOST).count()
    return f"{count} subscribers" if count else ""


def generate(amounts: Mapping[str, int], *, now: datetime) -> Iterator[str]:
    """Add the readers asked for; yields a line of progress every ten thousand."""
    wanted, done = amounts["subscribers"], Subscriber.objects.count()
    scopes = [f"commitment:{pk}" for pk in Commitment.objects.published().order_by("pk").values_list("pk", flat=True)]
    rows = (_reader(number, scopes, now) for number in range(done, done + wanted))
    made = 0
    while batch := list(islice(rows, BATCH)):
        made += len(Subscriber.objects.bulk_create(batch))
        if made % (10 * BATCH) == 0 or made == wanted:
            yield f"{made:,} of {wanted:,} subscribers"


def _reader(number: int, scopes: list[str], now: datetime) -> Subscriber:
    of_one = bool(scopes) and number % EVERY_FIFTH != 0
    scope = scopes[number % len(scopes)] if of_one else "everything"
    return Subscriber(email=f"r{number}{HOST}", state="active", weekly_scope=scope, created_at=now, confirmed_at=now)
