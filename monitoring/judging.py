"""What happens to items once they are stored: they get a story, and suggestions.

Polling stores and goes on; an item that says of itself that nobody has judged it waits here. So a fault costs no item:
the next round takes it up, and meanwhile it holds up no other.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from commitments.models import Commitment
from monitoring import stories, suggesting
from monitoring.models import Item, Source, Suggestion

logger = logging.getLogger(__name__)
BATCH = 200


def judge(items: Sequence[Item], now: datetime) -> list[Suggestion]:
    """Stories and suggestions for saved items, in the caller's transaction."""
    if not items:
        return []
    placed = stories.assign(items, now=now)
    found = suggesting.suggest(items, placed, now=now)
    Item.objects.numbered(item.pk for item in items).mark_judged(now)
    return found


def judge_waiting(now: datetime, *, only: Source | None = None) -> int:
    """Judge what nobody has judged yet, oldest first; returns how many items were judged.

    Without a commitment to judge them by, items wait for one.
    """
    if not Commitment.objects.watched().exists():
        return 0
    judged, last = 0, 0
    while batch := _judge_next(last, now, only):
        judged, last = judged + batch[0], batch[1]
    return judged


@transaction.atomic
def _judge_next(last: int, now: datetime, only: Source | None) -> tuple[int, int] | None:
    """The next items behind the one numbered `last`: how many were judged, and the number of the last of them.

    On PostgreSQL those are passed over that another worker is judging at the moment.
    """
    waiting = Item.objects.unjudged().numbered_above(last)
    batch = list((waiting.of_source(only) if only else waiting).for_me_alone()[:BATCH])
    if not batch:
        return None
    judged = len(batch) if _judge_safely(batch, now) else sum(_judge_safely([item], now) for item in batch)
    return judged, batch[-1].pk


def _judge_safely(items: Sequence[Item], now: datetime) -> bool:
    try:
        with transaction.atomic():
            judge(items, now)
    except Exception:
        if not connection.is_usable():
            raise  # the database went away: no item's fault, and none of the others would fare better
        logger.exception("%d items from no. %d on could not be judged; they wait", len(items), items[0].pk)
        return False
    return True
