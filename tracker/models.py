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
