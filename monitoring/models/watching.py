"""The table of sources as a queue: what is due, who has claimed it, and what the asking came to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Q, QuerySet

from monitoring.models.hosts import HostState
from monitoring.models.writing import update_rows

Row = TypeVar("Row", bound=models.Model)

# What a fetch may change; written for a whole batch in one statement.
STATE = (
    "life", "etag", "last_modified", "body_hash", "page_text", "next_check_at", "next_check_reason", "hold_until_at",
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
        """To be asked now: watched, its time has come, nobody else is at it, and its host may be asked."""
        return self.watched().unclaimed(now).filter(next_check_at__lte=now).of_free_hosts(now)

    def may_be_asked(self, now: datetime) -> Self:
        """To be asked when a person wants it now: all but those whose server asked to be left alone."""
        held = Q(hold_until_at__gt=now)
        return self.watched().unclaimed(now).exclude(held).of_free_hosts(now)

    def held(self, now: datetime) -> Self:
        """Watched, but not to be asked now even by hand: their server said so."""
        return self.watched().filter(Q(hold_until_at__gt=now) | Q(host__not_before_at__gt=now))

    def free_to_ask(self, now: datetime) -> Self:
        return self.watched().exclude(hold_until_at__gt=now).exclude(host__not_before_at__gt=now)

    def make_due(self, now: datetime) -> int:
        return self.update(next_check_at=now, next_check_reason="Wanted at once by staff.")

    def unwatched(self) -> Self:
        return self.exclude(life=Life.ACTIVE)

    def numbered(self, ids: Iterable[int]) -> Self:
        return self.filter(pk__in=list(ids))

    def of_free_hosts(self, now: datetime) -> Self:
        return self.filter(host__in=HostState.objects.free(now))

    def on_hosts(self, hosts: Iterable[HostState]) -> Self:
        return self.filter(host__in=hosts)

    def longest_waiting_first(self) -> Self:
        return self.order_by("next_check_at", "pk")

    def claim(self, ids: list[int], holder: str, until: datetime) -> int:
        return self.filter(pk__in=ids).update(claim=holder, claimed_until_at=until)

    def take_over(self, ids: list[int], claim: str, holder: str, until: datetime) -> int:
        """Swap one claim for another; of two workers with the same message one gets nothing."""
        return self.filter(pk__in=ids, claim=claim).update(claim=holder, claimed_until_at=until)

    def renew(self, holder: str, until: datetime) -> int:
        return self.filter(claim=holder).update(claimed_until_at=until)

    def claimed_by(self, holder: str) -> Self:
        return self.filter(claim=holder).select_related("host", "subscription").order_by("next_check_at", "pk")

    def let_go(self, holder: str) -> int:
        return self.filter(claim=holder).update(claim="", claimed_until_at=None)

    def write_states(self, states: dict[int, dict[str, Any]]) -> int:
        """Store what the fetches came to and end the claims: one statement for the batch."""
        rows = [(pk, *(state[name] for name in STATE), "", None) for pk, state in states.items()]
        return update_rows(self.model, [*STATE, "claim", "claimed_until_at"], rows, self.db)
