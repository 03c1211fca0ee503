"""On what proof: evidence and its use for a commitment."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from commitments import addresses, rereading, rules
from commitments.models.fields import SafeURLField
from commitments.status import Act, Life, Precision, Stance, Tier

REF_HASH_LENGTH = 8
REREAD_EVERY = timedelta(days=7)
# What readings of the source have come to. Not when it was read: that is noted while it is still being read.
READINGS = ("source_state", "source_misses", "source_doubted_at", "source_checked_at", "source_checked_by")


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def added_between(self, start: datetime, end: datetime) -> "EvidenceQuerySet":
        """Evidence a person added in the half-open period; imported history is not news."""
        return self.filter(added_at__gte=start, added_at__lt=end, imported=False)

    def at_address(self, url: str) -> "EvidenceQuerySet":
        return self.filter(url=url)

    def near_address(self, url: str) -> "EvidenceQuerySet":
        """Evidence whose address leads to the same page: scheme, www, tracking, fragment and last slash aside."""
        wanted = addresses.canonical_link(url)
        where = wanted.partition("?")[0].partition("#")[0]
        alike = self.filter(url__contains=where).values_list("pk", "url") if where else []
        return self.filter(pk__in=[pk for pk, known in alike if addresses.canonical_link(known) == wanted])

    def source_lost(self) -> "EvidenceQuerySet":
        """Evidence whose page said something else, or nothing, when it was read again."""
        return self.filter(source_state__in=rereading.DOUBTED)

    def for_rereading(self, now: datetime) -> "EvidenceQuerySet":
        """Evidence with an address that nobody has read for a week; what waits longest first."""
        unread = Q(source_read_at__isnull=True) | Q(source_read_at__lte=now - REREAD_EVERY)
        return self.filter(unread).exclude(url="").order_by(F("source_read_at").asc(nulls_first=True), "pk")

    def take_for_rereading(self, ids: Iterable[int], now: datetime) -> int:
        """Note that these are being read. Nothing a reader sees changes, so no page is made anew."""
        return self.filter(pk__in=list(ids)).update(source_read_at=now)

    def check_by_hand(self, by: Any, now: datetime) -> int:
        """A person has opened each address and says that it still bears out what is relied on."""
        pieces = list(self)
        for piece in pieces:
            piece.vouch(by, now)
        return len(pieces)


class Evidence(models.Model):
    """A dated piece of the public record. It copies what it needs, so nothing breaks when its item is pruned."""

    class SourceState(models.TextChoices):
        UNREAD = "unread", "Not read again yet"
        SAME = "same", "Unchanged when last read"
        CHANGED = "changed", "Source changed"
        GONE = "gone", "Source gone"
        CHECKED = "checked", "Checked by hand"

    ref = models.SlugField(max_length=120, unique=True)
    title = models.CharField(max_length=500)
    url = SafeURLField(blank=True)
    publisher = models.CharField(max_length=200)
    published_on = models.DateField(db_index=True)
    date_precision = models.CharField(max_length=12, choices=Precision.choices, default=Precision.DAY, blank=True)
    tier = models.CharField(max_length=2, choices=Tier.choices)
    origin = models.CharField(
        max_length=120, help_text="The story it tells; copies of one story share it and count once."
    )
    fact = models.TextField(blank=True, help_text="What it shows, in our own words.")
    quote = models.TextField(blank=True, help_text="The sentence relied on, word for word, where there is one.")
    quote_flag = models.CharField(
        max_length=300, blank=True, help_text="Why the quote differs from the stored text, if it does."
    )
    snapshot = models.TextField(blank=True, help_text="The text as it was read. Never shown in full.")
    snapshot_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    read_at_place = models.CharField(
        max_length=2048, blank=True, help_text="Where it was read, when not at its own address: a copy, a register."
    )
    source_state = models.CharField(max_length=8, choices=SourceState.choices, default=SourceState.UNREAD)
    source_read_at = models.DateTimeField(null=True, blank=True)
    source_misses = models.PositiveSmallIntegerField(default=0, editable=False)
    source_doubted_at = models.DateTimeField(null=True, blank=True, editable=False)
    source_checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    source_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    added_at = models.DateTimeField(db_index=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    imported = models.BooleanField(default=False, editable=False)
    commitments = models.ManyToManyField("commitments.Commitment", through="EvidenceLink", related_name="evidence")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["published_on", "ref"]
        verbose_name_plural = "evidence"
        indexes = [
            # The duplicate warning looks the address up on every save.
            models.Index(fields=["url"], name="evidence_by_url"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="evidence_tier_known"),
            models.CheckConstraint(
                condition=Q(published_on__gte=rules.EARLIEST_DATE, published_on__lte=rules.LATEST_DATE),
                name="evidence_dated",
            ),
            models.CheckConstraint(
                condition=Q(url="") | Q(url__startswith="http://") | Q(url__startswith="https://"),
                name="evidence_safe_url",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.publisher}, {self.published_on})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.ref = self.ref or make_ref(published_on=self.published_on, url=self.url, title=self.title)
        self.origin = self.origin or self.ref
        fresh = hashlib.sha256(self.snapshot.encode()).hexdigest() if self.snapshot else ""
        if self.pk and fresh != self.snapshot_sha256:
            self._forget_readings()
        self.snapshot_sha256 = fresh
        if "snapshot" in (kwargs.get("update_fields") or ()):
            kwargs["update_fields"] = {*kwargs["update_fields"], "snapshot_sha256", "source_read_at", *READINGS}
        super().save(*args, **kwargs)

    def clean(self) -> None:
        from django.core.exceptions import ValidationError

        refusal = rules.quote_refusal(self.quote, self.snapshot, self.quote_flag)
        if refusal:
            raise ValidationError({refusal.field: refusal.message})

    def note_text(self, text: str, now: datetime) -> None:
        """Its address was read again and said this."""
        self._note(rereading.state_of(self.quote, self.quote_flag, self.snapshot, text), 0, now)

    def note_absence(self, now: datetime) -> None:
        """Its address was asked and holds nothing. Once may be a slip of the server; twice, a week apart, is not."""
        misses = self.source_misses + 1
        self._note(self.SourceState.GONE if misses >= rereading.MISSES_UNTIL_GONE else self.source_state, misses, now)

    def vouch(self, by: Any, now: datetime) -> None:
        """A person's word: holds for half a year, or until another text is stored."""
        self.source_state, self.source_misses, self.source_doubted_at = self.SourceState.CHECKED, 0, None
        self.source_checked_at, self.source_checked_by = now, by
        self.save(update_fields=READINGS)

    def _note(self, state: str, misses: int, now: datetime) -> None:
        """Saved only when it says something new: every save of evidence makes the public pages anew."""
        if state in rereading.DOUBTED and rereading.is_vouched_for(self.source_checked_at, now):
            state = self.SourceState.CHECKED
        if (state, misses) != (self.source_state, self.source_misses):
            self.source_state, self.source_misses = state, misses
            self.source_doubted_at = (self.source_doubted_at or now) if state in rereading.DOUBTED else None
            self.save(update_fields=READINGS)

    def _forget_readings(self) -> None:
        """Another text is stored: what was found of the old one says nothing of it, and it is read again soon."""
        self.source_state, self.source_misses = self.SourceState.UNREAD, 0
        self.source_read_at = self.source_doubted_at = self.source_checked_at = self.source_checked_by = None

    @property
    def source_said(self) -> str:
        """Its state, since when it is in doubt, and who vouched for it when."""
        said = self.SourceState(self.source_state).label
        if self.source_doubted_at:
            return f"{said}: in doubt since {self.source_doubted_at:%-d %b %Y}"
        if self.source_state == self.SourceState.CHECKED and self.source_checked_at:
            return f"{said} by {self.source_checked_by or 'somebody'} on {self.source_checked_at:%-d %b %Y}"
        return said

    def as_ledger_entry(self) -> dict[str, str]:
        """The facts of this evidence that a ledger row keeps and hashes."""
        return {
            "ref": self.ref,
            "tier": self.tier,
            "origin": self.origin,
            "publisher": self.publisher,
            "published_on": self.published_on.isoformat(),
            "title": self.title,
            "url": self.url,
        }


def make_ref(*, published_on: date, url: str, title: str) -> str:
    """A stable key for evidence typed or accepted by staff: day and a short hash of address and title."""
    mark = hashlib.sha256(f"{url}\n{title}".encode()).hexdigest()[:REF_HASH_LENGTH]
    return f"ev-{published_on:%Y%m%d}-{mark}"


class EvidenceLinkQuerySet(models.QuerySet["EvidenceLink"]):
    def added_between(self, start: datetime, end: datetime) -> "EvidenceLinkQuerySet":
        """News of the half-open period; what was imported never was news here."""
        return self.filter(added_at__gte=start, added_at__lt=end, evidence__imported=False)

    def but_not(self, told: Iterable[int]) -> "EvidenceLinkQuerySet":
        return self.exclude(pk__in=told)

    def of_published(self) -> "EvidenceLinkQuerySet":
        return self.filter(commitment__life=Life.PUBLISHED)

    def by_promise(self) -> "EvidenceLinkQuerySet":
        return self.order_by("commitment__ref", "evidence__published_on", "pk")


class EvidenceLink(models.Model):
    """What one piece of evidence says about one commitment."""

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="links")
    commitment = models.ForeignKey("commitments.Commitment", on_delete=models.CASCADE, related_name="evidence_links")
    stance = models.CharField(max_length=12, choices=Stance.choices)
    act = models.CharField(max_length=12, choices=Act.choices)
    repeats_promise = models.BooleanField(
        default=False, help_text="This is the document that contains the promise; it proves nothing about its keeping."
    )
    note = models.TextField(blank=True)
    added_at = models.DateTimeField(db_index=True)

    objects = EvidenceLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-evidence__published_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["evidence", "commitment"], name="evidencelink_once")]

    def __str__(self) -> str:
        return f"{self.evidence} · {self.get_stance_display()}"

    def as_proof(self) -> rules.Proof:
        return rules.Proof(
            ref=self.evidence.ref,
            tier=self.evidence.tier,
            origin=self.evidence.origin,
            publisher=self.evidence.publisher,
            published_on=self.evidence.published_on,
            act=self.act,
            repeats_promise=self.repeats_promise,
        )
