from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from commitments.models.fields import SafeURLField
from commitments.status import Tier
from monitoring.models.hosts import HostState, host_key
from monitoring.models.watching import STATE, Life, WatchQuerySet

if TYPE_CHECKING:
    from monitoring.models.fetches import Fetch

FAILING = timedelta(days=7)
SILENT_AT_LEAST = timedelta(days=14)
SILENT_GAPS = 8


class SourceKind(models.TextChoices):
    FEED = "feed", "Feed (RSS, Atom, RDF, JSON Feed)"
    PAGE = "page", "Page without a feed"
    GOVUK = "govuk", "GOV.UK content API"


def _counted(what: str, which: Q | None = None) -> Coalesce:
    """A number beside each source, from a question of its own."""
    same = Source.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
    counted = same.filter(which or Q()).annotate(number=Count(what)).values("number")
    return Coalesce(Subquery(counted), 0)


class SourceQuerySet(WatchQuerySet["Source"]):
    """What people ask about sources; what the dispatcher and the workers ask is inherited."""

    def gone(self) -> SourceQuerySet:
        return self.filter(life=Life.GONE)

    def failing_for_a_week(self, now: datetime) -> SourceQuerySet:
        return self.watched().filter(failing_since_at__lte=now - FAILING)

    def failing(self) -> SourceQuerySet:
        return self.watched().filter(failing_since_at__isnull=False)

    def silent_too_long(self, now: datetime) -> SourceQuerySet:
        """Readable, but without a new item for eight times its usual gap (and at least a fortnight)."""
        candidates = self.watched().filter(
            failing_since_at__isnull=True, own_gap__gt=0, newest_item_at__lte=now - SILENT_AT_LEAST
        )
        silent = [
            pk
            for pk, gap, newest in candidates.order_by().values_list("pk", "own_gap", "newest_item_at")
            if newest and (now - newest).total_seconds() > SILENT_GAPS * gap
        ]
        return self.filter(pk__in=silent)

    def need_a_person(self, now: datetime) -> SourceQuerySet:
        """For the staff home page: gone, failing for a week, or silent far too long."""
        return self.gone() | self.failing_for_a_week(now) | self.silent_too_long(now)

    def with_counts(self) -> SourceQuerySet:
        """Counted for the rows that are shown, not for all before the page is cut: see the plan of either database."""
        suggested = Q(items__suggestions__isnull=False)
        return self.annotate(
            item_count=_counted("items"),
            suggested_count=_counted("items__suggestions", suggested),
            accepted_count=_counted("items__suggestions", Q(items__suggestions__state="accepted")),
        )

    def without_subscription(self) -> SourceQuerySet:
        """Watched feeds that name a hub which was never asked."""
        return self.watched().exclude(hub="").filter(subscription__isnull=True)

    def public(self) -> SourceQuerySet:
        return self.filter(is_private=False).select_related("host")

    def in_order_of_trust(self) -> SourceQuerySet:
        return self.order_by("is_sample", "tier", "title", "pk")

    def totals(self) -> dict[str, Any]:
        """The sentence on top of the monitoring page, in one query."""
        watched = Q(life=Life.ACTIVE)
        return self.aggregate(
            watched=Count("pk", filter=watched),
            failing=Count("pk", filter=watched & Q(failing_since_at__isnull=False)),
            unread=Count("pk", filter=watched & Q(last_checked_at__isnull=True)),
            last_success_at=Max("last_success_at"),
        )

    def real(self) -> SourceQuerySet:
        return self.filter(is_sample=False)

    def samples(self) -> SourceQuerySet:
        return self.filter(is_sample=True)

    def of_site(self, address: str) -> SourceQuerySet:
        """Those at the same host, with or without its www."""
        bare = host_key(address).removeprefix("www.")
        return self.filter(host__name__in=(bare, f"www.{bare}"))

    def addresses(self) -> set[str]:
        return set(self.values_list("address", flat=True))

    def taken(self, addresses: Iterable[str]) -> set[str]:
        return set(self.filter(address__in=list(addresses)).values_list("address", flat=True))


def last_success_at() -> datetime | None:
    """When any source was last read; the front page prints it (`settings.SOURCES_LAST_READ`)."""
    found: datetime | None = Source.objects.totals()["last_success_at"]
    return found


class Source(models.Model):
    """A feed or page we watch. What is due is asked of this table; Celery only rings the bell."""

    title = models.CharField(max_length=300)
    publisher = models.CharField(max_length=200, blank=True, help_text="Whose word this is; printed with evidence.")
    tier = models.CharField(max_length=2, choices=Tier.choices, default=Tier.T3)
    kind = models.CharField(max_length=8, choices=SourceKind.choices, default=SourceKind.FEED)
    address = SafeURLField(unique=True)
    site = SafeURLField(blank=True, help_text="The page a reader would open.")
    selector = models.CharField(
        max_length=300,
        blank=True,
        help_text="For pages: a CSS selector of the part to watch; empty for the whole page.",
    )
    not_before_on = models.DateField(null=True, blank=True, help_text="Items older than this are not stored.")
    commitment = models.ForeignKey(
        "commitments.Commitment",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="query_sources",
        help_text="For a search that was made for one commitment.",
    )
    check_every = models.PositiveIntegerField(
        null=True, blank=True, help_text="Minutes. Empty: follow the source's own rate of news."
    )
    use_validators = models.BooleanField(
        default=True, help_text="Ask “anything new?”; switch off where the server wrongly says no."
    )
    is_private = models.BooleanField(default=False, help_text="Not listed on the public monitoring page.")
    is_sample = models.BooleanField(default=False, editable=False)
    notes = models.TextField(blank=True)
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    host = models.ForeignKey(HostState, on_delete=models.PROTECT, related_name="sources", editable=False)
    life = models.CharField(max_length=8, choices=Life.choices, default=Life.ACTIVE)
    claim = models.CharField(max_length=32, blank=True, editable=False)
    claimed_until_at = models.DateTimeField(null=True, blank=True, editable=False)

    etag = models.CharField(max_length=1000, blank=True, editable=False)
    last_modified = models.CharField(max_length=200, blank=True, editable=False)
    body_hash = models.CharField(max_length=32, blank=True, editable=False)
    page_text = models.TextField(blank=True, editable=False)
    next_check_at = models.DateTimeField(default=timezone.now, editable=False)
    next_check_reason = models.CharField(max_length=300, default="It is new.", editable=False)
    hold_until_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_success_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_status = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    last_outcome = models.CharField(max_length=20, blank=True, editable=False)
    last_error = models.TextField(blank=True, editable=False)
    last_note = models.TextField(blank=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    failing_since_at = models.DateTimeField(null=True, blank=True, editable=False)
    moved_to = models.CharField(max_length=2048, blank=True, editable=False)
    moved_seen = models.PositiveIntegerField(default=0, editable=False)
    moved_since_at = models.DateTimeField(null=True, blank=True, editable=False)
    own_gap = models.PositiveIntegerField(default=0, editable=False, help_text="Usual seconds between two items.")
    floor_seconds = models.PositiveIntegerField(default=0, editable=False)
    skip_hours = models.CharField(max_length=100, blank=True, editable=False)
    skip_days = models.CharField(max_length=20, blank=True, editable=False)
    newest_item_at = models.DateTimeField(null=True, blank=True, editable=False)
    hub = models.CharField(max_length=2048, blank=True, editable=False)
    topic = models.CharField(max_length=2048, blank=True, editable=False, help_text="How the feed calls itself.")

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        indexes = [
            # The dispatcher's question, every minute: what is watched and due, longest waiting first?
            models.Index(fields=["life", "next_check_at"], name="source_due"),
            # A batch asks for the rows it holds.
            models.Index(fields=["claim"], name="source_claim", condition=~Q(claim="")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(life__in=Life.values), name="source_life_known"),
            models.CheckConstraint(condition=Q(kind__in=SourceKind.values), name="source_kind_known"),
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="source_tier_known"),
            models.CheckConstraint(condition=Q(claim="") | Q(claimed_until_at__isnull=False), name="source_claim_ends"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps the host in step with the address."""
        if self.host_id is None or self.host.name != host_key(self.address):
            self.host = HostState.objects.named(self.address)
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "host"}
        super().save(*args, **kwargs)

    def pause(self) -> None:
        self.life = Life.PAUSED
        self.save(update_fields=["life"])

    def resume(self, now: datetime) -> None:
        """Watched again, from its host's next free moment on."""
        self.life, self.failures, self.failing_since_at = Life.ACTIVE, 0, None
        self.next_check_at, self.next_check_reason = now, "Resumed by staff."
        self.save(update_fields=["life", "failures", "failing_since_at", "next_check_at", "next_check_reason"])

    def move(self, address: str) -> None:
        """Keep a new address. What was known of the old one's answers goes, the items stay."""
        self.address, self.moved_to, self.moved_seen, self.moved_since_at = address, "", 0, None
        self.save(update_fields=["address", "host", "moved_to", "moved_seen", "moved_since_at"])

    @property
    def state(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in STATE}

    def last_fetches(self, count: int) -> QuerySet[Fetch]:
        return self.fetches.newest_first()[:count]

    @property
    def health(self) -> tuple[str, str]:
        """In a word, and in a sentence."""
        if self.life == Life.GONE:
            return "Gone for good.", self.last_error
        if self.life == Life.PAUSED:
            return "Paused.", "Staff have paused it."
        if self.failing_since_at:
            return f"Not readable since {self.failing_since_at:%d %b %Y, %H:%M} UTC.", self.last_error
        if self.last_success_at is None:
            return "Not read yet.", self.next_check_reason
        return "Reads well.", self.last_note

    @property
    def pushed_as(self) -> str:
        """The name under which a hub knows it."""
        return self.topic or self.address

    def pushing_said(self, now: datetime) -> str:
        """Whether a hub tells us of its news, in a sentence."""
        subscription = getattr(self, "subscription", None)
        if not self.hub or subscription is None:
            return f"It names the hub {self.hub}, which was not asked yet." if self.hub else "It names none."
        return str(subscription.as_told(now))

    def is_pushed(self, now: datetime) -> bool:
        """A feed that names no hub any more is not pushed, whatever a lease says."""
        subscription = getattr(self, "subscription", None) if self.hub else None
        return subscription is not None and subscription.is_proven(now)

    def waken(self, now: datetime, reason: str) -> None:
        """Due at once, or as soon as its server lets itself be asked; never later than it was."""
        at = max(filter(None, (now, self.held_until_at)))
        if at < self.next_check_at:
            self.next_check_at, self.next_check_reason = at, reason
            self.save(update_fields=["next_check_at", "next_check_reason"])

    @property
    def waits_until_at(self) -> datetime:
        """When it will be asked next: its own time, or its host's when that is later."""
        return max(filter(None, (self.next_check_at, self.host.not_before_at)))

    @property
    def held_until_at(self) -> datetime | None:
        """Until when its server wants to be left alone, by its own word or its host's."""
        return max(filter(None, (self.hold_until_at, self.host.not_before_at)), default=None)

    @property
    def waits_because(self) -> str:
        rest = self.host.not_before_at
        return self.host.not_before_reason if rest and rest > self.next_check_at else self.next_check_reason
