"""A new commitment gets suggestions from what is already stored, as if it had been watched all along.

An editor asks, workers do it, batch by batch. How far they are stands in the row of the request: a worker that falls
costs a batch of work, and the next one goes on behind it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from commitments.models import Commitment
from monitoring import stories, suggesting
from monitoring.models import Backfill, Item

PERIOD = timedelta(days=90)
BATCH = 200
"""Items in one transaction: about two seconds on a busy machine."""


def ask(commitment: Commitment, *, by: User | None, now: datetime) -> Backfill:
    """Note that somebody wants it. Asked again before it is done, it is the same request."""
    asked, _ = Backfill.objects.open().get_or_create(
        commitment=commitment, defaults={"asked_by": by, "asked_at": now, "items_from": now - PERIOD}
    )
    return asked


def work(now: datetime) -> int:
    """Do what has been asked for, oldest first; returns how many items were looked at. Safe to ring at any time."""
    looked_at = 0
    while (batch := _next_batch(now)) is not None:
        looked_at += batch
    return looked_at


@transaction.atomic
def _next_batch(now: datetime) -> int | None:
    """How many items of the oldest open request were looked at; None when no request is left, or all are taken."""
    asked = Backfill.objects.open().for_me_alone().first()
    if asked is None:
        return None
    stored = Item.objects.first_seen_between(asked.items_from, asked.asked_at + timedelta(seconds=1))
    ids = stored.numbered_above(asked.last_item).order_by("pk").values_list("pk", flat=True)[:BATCH]
    items = list(Item.objects.numbered(ids))
    if not items:
        asked.end(now)
        return 0
    made = suggesting.suggest(items, stories.assign(items, now=now), now=now, only=asked.commitment)
    asked.note(last_item=items[-1].pk, looked_at=len(items), found=len(made))
    return len(items)
