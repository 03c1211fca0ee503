"""What staff do to sources by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from monitoring.models import Source


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many will be read within a minute, and which have to wait, each with why."""

    count: int
    waiting: tuple[str, ...]


@transaction.atomic
def poll_now(source_ids: Iterable[int], now: datetime) -> Wanted:
    """Due at once, but for those whose server asked to be left alone."""
    chosen = Source.objects.numbered(source_ids)
    waiting = tuple(
        f"{source.title} waits until {source.held_until_at:%d %B, %H:%M} UTC: {source.waits_because}"
        for source in chosen.held(now).select_related("host")
    )
    return Wanted(chosen.free_to_ask(now).make_due(now), waiting)


@transaction.atomic
def pause(source_ids: Iterable[int]) -> int:
    sources = list(Source.objects.numbered(source_ids).watched())
    for source in sources:
        source.pause()
    return len(sources)


@transaction.atomic
def resume(source_ids: Iterable[int], now: datetime) -> int:
    """Paused or gone: watched again."""
    sources = list(Source.objects.numbered(source_ids).unwatched())
    for source in sources:
        source.resume(now)
    return len(sources)
