"""The table of sources as a queue: what is due, who has claimed it, and what the asking came to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Q, QuerySet, Window
from django.db.models.functions import RowNumber

from monitoring.models.hosts import HostState
from monitoring.models.writing import Statement, change_picked, updating

Row = TypeVar("Row", bound=models.Model)

# What a fetch may change; written for a whole batch in one statement. Not whether it is watched: staff may have paused
# it while it was being asked.
STATE = (
    "etag", "last_modified", "body_hash", "page_text", "next_check_at", "next_check_reason", "hold_until_at",
    "last_checked_at", "last_success_at", "last_status", "last_outcome", "last_error", "last_note", "failures",
    "failing_since_at", "moved_to", "moved_seen", "moved_since_at", "own_gap", "floor_seconds", "skip_hours",
    "skip_days", "newest_item_at", "hub", "topic",
)  # fmt: skip


class Life(models.TextChoices):
    ACTIVE = "active", "Watched"
    PAUSED = "paused", "Paused by staff"
    GONE = "gone", "Gone for good (the publisher says so)"


class WatchQuerySet(QuerySet[Row]):
    """What the dispatcher and the workers ask of the sources."""

    def watched(self) -> Self:
        return self.filter(life=Life.ACTIVE)

    def unclaimed(self, now: datetime) -> Self:
        return self.filter(Q(claimed_until_at__isnull=True) | Q(claimed_until_at__lte=now))

    def due(self, now: datetime) -> Self:
        """To be asked now: its time has come, and its host may be asked."""
        return self.timely(now).of_free_hosts(now)

    def timely(self, now: datetime) -> Self:
        """Watched, its time has come, and nobody else is at it: due as soon as its host is free."""
        return self.watched().unclaimed(now).filter(next_check_at__lte=now)

    def may_be_asked(self, now: datetime) -> Self:
        """To be asked when a person wants it now: all but those whose server asked to be left alone."""
        return self.watched().unclaimed(now).exclude(hold_until_at__gt=now)

    def held(self, now: datetime) -> Self:
        """Watched, but not to be asked now even by hand: their server said so."""
        return self.watched().filter(Q(hold_until_at__gt=now) | Q(host__not_before_at__gt=now))

    def free_to_ask(self, now: datetime) -> Self:
        return self.watched().exclude(hold_until_at__gt=now).exclude(host__not_before_at__gt=now)

    def make_due(self, now: datetime) -> int:
        return self.update(next_check_at=now, next_check_reason="Wanted at once by staff.")

    def end(self) -> int:
        """The publisher says these are gone for good. What staff have paused meanwhile stays paused."""
        return self.watched().update(life=Life.GONE)

    def unwatched(self) -> Self:
        return self.exclude(life=Life.ACTIVE)

    def numbered(self, ids: Iterable[int]) -> Self:
        return self.filter(pk__in=list(ids))

    def of_free_hosts(self, now: datetime) -> Self:
        return self.filter(host__in=HostState.objects.free(now))

    def on_hosts(self, ids: Iterable[int], *, most: int) -> Self:
        """Of each of these hosts the longest waiting, up to so many."""
        turn = Window(RowNumber(), partition_by="host", order_by=["next_check_at", "pk"])
        return self.filter(host__in=list(ids)).alias(turn=turn).filter(turn__lte=most)

    def longest_waiting_first(self) -> Self:
        return self.order_by("next_check_at", "pk")

    def claim(self, holder: str, until: datetime) -> list[Row]:
        """All of these, as they are with that claim on them. The caller has leased their hosts."""
        return change_picked(self, {"claim": holder, "claimed_until_at": until})

    def renew(self, holder: str, until: datetime) -> int:
        return self.filter(claim=holder).update(claimed_until_at=until)

    def let_go(self, holder: str) -> int:
        return self.filter(claim=holder).update(claim="", claimed_until_at=None)

    def writing_states(self, states: dict[int, dict[str, Any]]) -> list[Statement]:
        """What the fetches came to, and the end of their claims: one statement for the batch."""
        rows = [(pk, *(state[name] for name in STATE), "", None) for pk, state in states.items()]
        return updating(self.model, [*STATE, "claim", "claimed_until_at"], rows, self.db)
