"""The frame's one table: when a worker last heard the bell of each queue."""

from __future__ import annotations

from datetime import datetime

from django.db import models


class BellQuerySet(models.QuerySet["Bell"]):
    def heard(self, queue: str, now: datetime) -> None:
        self.update_or_create(queue=queue, defaults={"heard_at": now})

    def last_heard(self) -> dict[str, datetime]:
        return dict(self.values_list("queue", "heard_at"))


class Bell(models.Model):
    queue = models.CharField(max_length=40, unique=True)
    heard_at = models.DateTimeField()

    objects = BellQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.queue}: {self.heard_at:%Y-%m-%d %H:%M:%S}"


class Spent(models.Model):
    """The table of Django's database cache: what was used and must not be used again, until it expires.

    Django writes it; the columns are those of `createcachetable`. A model, so that migrations make
    it and copies take it.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "tracker_spent"

    def __str__(self) -> str:
        return self.cache_key
