from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q, QuerySet

from monitoring.models import writing
from monitoring.models.writing import Statement

KEPT = timedelta(days=30)


class FetchQuerySet(QuerySet["Fetch"]):
    def newest_first(self) -> FetchQuerySet:
        return self.order_by("-began_at", "-pk")

    def outdated(self, now: datetime) -> FetchQuerySet:
        return self.filter(began_at__lt=now - KEPT)

    def writing(self, fetches: Sequence[Fetch]) -> list[Statement]:
        """A batch's history in one statement."""
        return writing.inserting(fetches, self.db)

    def failed(self) -> FetchQuerySet:
        return self.exclude(error="")


class Fetch(models.Model):
    """One asking of one source and what it came to. History only: nothing is decided from it."""

    source = models.ForeignKey("monitoring.Source", on_delete=models.CASCADE, related_name="fetches")
    began_at = models.DateTimeField()
    seconds = models.FloatField()
    outcome = models.CharField(max_length=20)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    size = models.PositiveIntegerField(default=0, help_text="Bytes on the wire.")
    new_items = models.PositiveIntegerField(default=0)
    edited_items = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    note = models.TextField(blank=True)
    next_check_at = models.DateTimeField()
    next_check_reason = models.CharField(max_length=300)

    objects = FetchQuerySet.as_manager()

    class Meta:
        ordering = ["-began_at", "-pk"]
        verbose_name_plural = "fetches"
        indexes = [
            # A source's page shows its last fetches.
            models.Index(fields=["source", "-began_at"], name="fetch_history"),
            # The daily clearing.
            models.Index(fields=["began_at"], name="fetch_began"),
        ]
        constraints = [models.CheckConstraint(condition=Q(seconds__gte=0), name="fetch_seconds_not_negative")]

    def __str__(self) -> str:
        return f"{self.outcome} at {self.began_at:%Y-%m-%d %H:%M}"

    @property
    def said(self) -> str:
        return " ".join(filter(None, (self.error, self.note)))
