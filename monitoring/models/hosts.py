from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q, QuerySet

from monitoring.models.writing import Statement, change_picked, changing, write

# Many publishers behind one operator: they are asked as one host.
SHARED_OPERATORS = (
    "blogspot.com", "github.io", "githubusercontent.com", "medium.com", "substack.com", "tumblr.com", "wordpress.com",
)  # fmt: skip
USUAL_GAP = 2.0


def host_key(address: str) -> str:
    """The host as a unit of politeness; on loopback each port is a host of its own."""
    parts = urlsplit(address)
    host = (parts.hostname or "").rstrip(".")
    for operator in SHARED_OPERATORS:
        if host == operator or host.endswith(f".{operator}"):
            return operator
    return f"{host}:{parts.port or 80}" if is_own_machine(host) else host


def is_own_machine(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")


class HostStateQuerySet(QuerySet["HostState"]):
    def free(self, now: datetime) -> HostStateQuerySet:
        """Asked by nobody at the moment, and not asking for rest."""
        return self.filter(
            Q(lease_until_at__isnull=True) | Q(lease_until_at__lte=now),
            Q(not_before_at__isnull=True) | Q(not_before_at__lte=now),
        )

    def named(self, address: str) -> HostState:
        """The row of an address's host, made when there is none."""
        name = host_key(address)
        gap = 0.0 if is_own_machine(urlsplit(address).hostname or "") else USUAL_GAP
        return self.get_or_create(name=name, defaults={"gap_seconds": gap})[0]

    def objection(self, name: str, now: datetime) -> str:
        """Why a host may not be asked now; empty when it may."""
        host = self.filter(name=name, not_before_at__gt=now).first()
        return (
            f"{host} may not be asked before {host.not_before_at:%d %B, %H:%M} UTC: {host.not_before_reason}"
            if host
            else ""
        )

    def take(
        self, ids: Iterable[int] | QuerySet[Any], holder: str, now: datetime, until: datetime, *, most: int
    ) -> list[HostState]:
        """Lease up to `most` of these that are free; rows that another transaction has locked are passed over."""
        free = self.select_for_update(skip_locked=True).free(now).filter(pk__in=ids).order_by("pk")[:most]
        return change_picked(free, {"lease_by": holder, "lease_until_at": until})

    def give_back(self, ids: Iterable[int], holder: str) -> int:
        """Leased, but not asked after all."""
        return self.filter(pk__in=list(ids), lease_by=holder).update(lease_until_at=None, lease_by="")

    def renew(self, ids: Iterable[int], holder: str, until: datetime) -> int:
        ids = list(ids)
        return self.filter(pk__in=ids, lease_by=holder).update(lease_until_at=until) if ids else 0

    def releasing(self, ids: Iterable[int], holder: str, now: datetime) -> list[Statement]:
        """The last request to these ended now, and others may ask them; but not what somebody else leases by now."""
        ids = list(ids)
        changes = {"lease_until_at": None, "lease_by": "", "last_asked_at": now}
        return changing(self.filter(pk__in=ids, lease_by=holder), changes) if ids else []

    def release(self, ids: Iterable[int], holder: str, now: datetime) -> None:
        write(self.releasing(ids, holder, now), self.db)


class HostState(models.Model):
    """One server as a unit of politeness: one request at a time, a gap between two, rest when it asks for it.

    The lease is held by the batch that asks this host; when its worker dies the lease runs out by itself.
    """

    name = models.CharField(max_length=255, unique=True)
    gap_seconds = models.FloatField(default=USUAL_GAP, help_text="Least time between two requests.")
    not_before_at = models.DateTimeField(null=True, blank=True, help_text="The server asked for rest until then.")
    not_before_reason = models.CharField(max_length=300, blank=True)
    is_gateway = models.BooleanField(
        default=False,
        help_text="A program of ours that fetches for many sites: its “not now” holds for the one address only.",
    )
    lease_by = models.CharField(max_length=32, blank=True, editable=False)
    lease_until_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    robots_body = models.TextField(blank=True, editable=False)
    robots_status = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    robots_checked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = HostStateQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = "host"
        constraints = [
            models.CheckConstraint(condition=Q(gap_seconds__gte=0), name="hoststate_gap_not_negative"),
            models.CheckConstraint(
                condition=Q(lease_by="") | Q(lease_until_at__isnull=False), name="hoststate_lease_ends"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_near(self) -> bool:
        """A program on our own machine."""
        return is_own_machine(self.name.partition(":")[0])

    def rest(self, until: datetime, reason: str) -> None:
        """Nobody asks this host before then; a longer rest already agreed stays."""
        HostState.objects.filter(pk=self.pk).filter(Q(not_before_at__isnull=True) | Q(not_before_at__lt=until)).update(
            not_before_at=until, not_before_reason=reason[:300]
        )

    def remember_robots(self, body: str, status: int | None, checked_at: datetime | None) -> None:
        self.robots_body, self.robots_status, self.robots_checked_at = body, status, checked_at
        self.save(update_fields=["robots_body", "robots_status", "robots_checked_at"])

    def widen_gap(self, seconds: float) -> None:
        if seconds > self.gap_seconds:
            self.gap_seconds = seconds
            self.save(update_fields=["gap_seconds"])
