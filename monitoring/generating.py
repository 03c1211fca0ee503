"""Synthetic news for benchmarks: sources that are never asked, and items cut from the same cloth as the promises."""

import random
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b

from commitments.generating import SEED, sentence
from monitoring.models import Item, Source
from monitoring.models.watching import Life

ITEMS_A_SOURCE = 100
HOST = "https://wire.example"


def real_data() -> str:
    count = Source.objects.exclude(address__startswith=HOST).count()
    return f"{count} sources" if count else ""


def generate(amounts: Mapping[str, int], *, now: datetime) -> Iterator[str]:
    """Add the items asked for, 100 to a paused source; yields a line of progress every hundred sources."""
    wanted, first = amounts["items"], Source.objects.count()
    for number in range(0, wanted, ITEMS_A_SOURCE):
        name = first + number // ITEMS_A_SOURCE
        source = Source.objects.create(
            title=f"Wire {name}", publisher=f"Wire {name}", address=f"{HOST}/{name}.xml", life=Life.PAUSED
        )
        chance = random.Random(SEED + name)
        Item.objects.bulk_create(_item(source, at, chance, now) for at in range(min(ITEMS_A_SOURCE, wanted - number)))
        if number % 10_000 == 0:
            yield f"{number:,} of {wanted:,} items"


def _item(source: Source, at: int, chance: random.Random, now: datetime) -> Item:
    title = f"Council to {sentence(chance)}, says report {at}"
    uid = blake2b(f"{source.pk}/{at}".encode(), digest_size=16).hexdigest()
    return Item(
        source=source, uid=uid, content_hash=uid, title=title, text=title, link=f"{HOST}/{source.pk}/{at}",
        published_at=now - timedelta(hours=at), first_seen_at=now,
    )  # fmt: skip
