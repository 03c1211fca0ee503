from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q, QuerySet, prefetch_related_objects

from monitoring.models.sources import Source
from monitoring.models.watching import Life

RENEW_AHEAD = timedelta(days=1)
ASK_AGAIN = timedelta(days=1)  # a hub that did not confirm is not pestered


def _token() -> str:
    return secrets.token_urlsafe(32)


class HubSubscriptionQuerySet(QuerySet["HubSubscription"]):
    def to_ask(self, now: datetime) -> HubSubscriptionQuerySet:
        """Not confirmed yet or running out, and not asked for a day; of sources that are watched and name a hub."""
        running_out = Q(lease_until_at__isnull=True) | Q(lease_until_at__lte=now + RENEW_AHEAD)
        rested = Q(asked_at__isnull=True) | Q(asked_at__lte=now - ASK_AGAIN)
        wanted = self.filter(running_out, rested, source__life=Life.ACTIVE).exclude(source__hub="")
        return wanted.select_related("source__host").order_by("asked_at", "pk")

    def put_beside(self, sources: Iterable[Source]) -> None:
        """Read with one question, and only where a hub is named: most name none."""
        prefetch_related_objects([source for source in sources if source.hub], "subscription")

    def known_as(self, token: str) -> HubSubscription | None:
        return self.filter(token=token).select_related("source__host").first()


class HubSubscription(models.Model):
    """What we asked a hub to tell us (WebSub). The address that the hub calls holds `token`; nobody else knows it."""

    source = models.OneToOneField(Source, on_delete=models.CASCADE, related_name="subscription")
    hub = models.CharField(max_length=2048)
    topic = models.CharField(max_length=2048)
    token = models.CharField(max_length=64, unique=True, default=_token)
    secret = models.CharField(max_length=64, default=_token)
    asked_at = models.DateTimeField(null=True, blank=True)
    lease_until_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    said = models.CharField(max_length=300, blank=True, help_text="Why the hub does not push, as far as we know.")

    objects = HubSubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.topic} at {self.hub}"

    def note_asked(self, now: datetime, said: str) -> None:
        """Asked for the feed as it names itself now."""
        self.hub, self.topic, self.asked_at, self.said = self.source.hub, self.source.pushed_as, now, said[:300]
        self.save(update_fields=["hub", "topic", "asked_at", "said"])

    def confirm(self, until: datetime) -> None:
        self.lease_until_at, self.said = until, ""
        self.save(update_fields=["lease_until_at", "said"])

    def end(self, said: str) -> None:
        self.lease_until_at, self.said = None, said[:300]
        self.save(update_fields=["lease_until_at", "said"])

    def note_heard(self, now: datetime) -> None:
        self.heard_at = now
        self.save(update_fields=["heard_at"])

    def as_told(self, now: datetime) -> str:
        if self.lease_until_at is None or self.lease_until_at <= now:
            return f"{self.hub} does not push. {self.said}".strip()
        heard = f"last heard {self.heard_at:%d %b %Y, %H:%M} UTC" if self.heard_at else "not heard yet"
        return f"{self.hub} pushes until {self.lease_until_at:%d %b %Y, %H:%M} UTC, {heard}."

    def is_proven(self, now: datetime) -> bool:
        """Confirmed, and has brought news under a secret at least once: then polling may slow down."""
        return self.heard_at is not None and self.lease_until_at is not None and self.lease_until_at > now
