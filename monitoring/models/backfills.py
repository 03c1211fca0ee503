from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet

from commitments.models import Commitment

SHOWN = 5


class BackfillQuerySet(QuerySet["Backfill"]):
    def open(self) -> BackfillQuerySet:
        return self.filter(done_at__isnull=True).order_by("pk")

    def for_me_alone(self) -> BackfillQuerySet:
        return self.select_for_update(skip_locked=True, of=("self",)).select_related("commitment")

    def latest_asked(self) -> BackfillQuerySet:
        return self.select_related("commitment").order_by("-pk")[:SHOWN]


class Backfill(models.Model):
    """An editor asked to look through stored items for one commitment; workers go on where the last one stopped."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    items_from = models.DateTimeField()
    last_item = models.PositiveBigIntegerField(default=0)
    looked_at = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = BackfillQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commitment"], condition=Q(done_at__isnull=True), name="backfill_one_open_per_commitment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment}: {self.looked_at} items, {self.found} suggestions"

    def note(self, *, last_item: int, looked_at: int, found: int) -> None:
        """A batch is done. The rows of the batch and this count are saved together."""
        self.last_item = last_item
        self.looked_at += looked_at
        self.found += found
        self.save(update_fields=["last_item", "looked_at", "found"])

    def end(self, now: datetime) -> None:
        self.done_at = now
        self.save(update_fields=["done_at"])
