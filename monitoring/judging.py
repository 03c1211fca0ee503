"""What happens to items once they are stored: they get a story, and suggestions.

An item without a story has not been judged; so a fault here costs no item: the next round takes it up.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from monitoring import stories, suggesting
from monitoring.models import Item, Suggestion

logger = logging.getLogger(__name__)
BATCH = 200


def judge(items: Sequence[Item], now: datetime) -> list[Suggestion]:
    """Stories and suggestions for saved items, in the caller's transaction."""
    if not items:
        return []
    placed = stories.assign(items, now=now)
    return suggesting.suggest(items, placed, now=now)


def judge_safely(items: Sequence[Item], now: datetime) -> list[Suggestion]:
    """As ``judge``; when it fails the items stay stored and wait for ``judge_waiting``."""
    try:
        with transaction.atomic():
            return judge(items, now)
    except Exception:
        logger.exception("%d items could not be judged; they stay stored and are taken up again", len(items))
        return []


def judge_waiting(now: datetime) -> int:
    """Judge what has no story yet, oldest first; returns how many items were taken up."""
    taken = 0
    while batch := list(Item.objects.unjudged()[:BATCH]):
        with transaction.atomic():
            judge(batch, now)
        taken += len(batch)
    return taken
