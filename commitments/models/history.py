"""What happened: the published status changes, chained by hash, and their head.

Append-only: triggers on SQLite and PostgreSQL refuse UPDATE and DELETE (see
`commitments/triggers.py`). Rows are written by `publishing.publish` alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from commitments import ledger, rules
from commitments.models.inquiries import SearchRecord
from commitments.models.proof import Evidence
from commitments.people import NAME_LENGTH
from commitments.status import (
    CLOSING,
    ChangeKind,
    Confidence,
    Confirmation,
    Life,
    OutcomeReason,
    ReviewMode,
    Status,
    UnclearReason,
)

HASH_LENGTH = 64


class LedgerHead(models.Model):
    """The single row that serialises publishing: the last sequence number and hash."""

    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=HASH_LENGTH, default=ledger.GENESIS_HASH)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="ledgerhead_single")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash[:12]}"

    @classmethod
    def locked(cls) -> "LedgerHead":
        """The head row, locked until the transaction ends (SQLite locks the whole database)."""
        cls.objects.get_or_create(pk=1)
        return cls.objects.select_for_update().get(pk=1)

    @classmethod
    def current(cls) -> "LedgerHead":
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class StatusChangeQuerySet(models.QuerySet["StatusChange"]):
    def told(self) -> "StatusChangeQuerySet":
        """All that was ever news here: not the imported history."""
        return self.exclude(review_mode=ReviewMode.IMPORTED)

    def changing(self) -> "StatusChangeQuerySet":
        """Without those that looked and found no change."""
        return self.exclude(kind=ChangeKind.REVIEW)

    def after(self, sequence: int) -> "StatusChangeQuerySet":
        return self.filter(sequence__gt=sequence)

    def through(self, sequence: int) -> "StatusChangeQuerySet":
        return self.filter(sequence__lte=sequence)

    def recorded_since(self, moment: datetime) -> "StatusChangeQuerySet":
        return self.filter(recorded_at__gte=moment)

    def of_published(self) -> "StatusChangeQuerySet":
        return self.filter(commitment__life=Life.PUBLISHED)

    def corrections(self) -> "StatusChangeQuerySet":
        return self.filter(kind=ChangeKind.CORRECTION)

    def in_order(self) -> "StatusChangeQuerySet":
        return self.order_by("sequence")

    def known_at(self, moment: datetime | None) -> "StatusChangeQuerySet":
        """Changes recorded up to and including an instant; all of them without one."""
        return self if moment is None else self.filter(recorded_at__lte=moment)

    def effective_by(self, day: date | None) -> "StatusChangeQuerySet":
        """Changes that were true in the world by a day; all of them without one."""
        return self if day is None else self.filter(effective_on__lte=day)

    def of(self, commitments: Iterable[int]) -> "StatusChangeQuerySet":
        return self.filter(commitment__in=commitments)

    def newest_first(self) -> "StatusChangeQuerySet":
        return self.order_by("-effective_on", "-sequence")

    def entries(self) -> Iterator[tuple[dict[str, Any], str]]:
        """`(ledger entry, stored hash)` of every row in order, streamed; what `ledger.verify` walks."""
        rows = self.in_order().select_related("commitment", "corrects")
        for row in rows.iterator(chunk_size=1000):
            yield row.as_entry(), row.hash


class StatusChange(models.Model):
    """One published entry of the ledger. Never updated, never deleted."""

    sequence = models.PositiveBigIntegerField(unique=True)
    previous_hash = models.CharField(max_length=HASH_LENGTH)
    hash = models.CharField(max_length=HASH_LENGTH, unique=True)
    commitment = models.ForeignKey("commitments.Commitment", on_delete=models.PROTECT, related_name="status_changes")
    kind = models.CharField(max_length=12, choices=ChangeKind.choices)
    from_status = models.CharField(max_length=16, choices=Status.choices, blank=True)
    status = models.CharField(max_length=16, choices=Status.choices)
    reason = models.TextField()
    effective_on = models.DateField()
    recorded_at = models.DateTimeField(db_index=True)
    evidence = models.ManyToManyField(Evidence, related_name="status_changes", blank=True)
    evidence_snapshot = models.JSONField(default=list, blank=True)
    search_snapshot = models.JSONField(null=True, blank=True)
    proof_t1 = models.PositiveSmallIntegerField(default=0)
    proof_t2 = models.PositiveSmallIntegerField(default=0)
    proof_t3 = models.PositiveSmallIntegerField(default=0)
    search_record = models.ForeignKey(SearchRecord, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome_reason = models.CharField(max_length=16, choices=OutcomeReason.choices, blank=True)
    unclear_reason = models.CharField(max_length=24, choices=UnclearReason.choices, blank=True)
    settled_by = models.TextField(blank=True, help_text="What would settle it.")
    confirmation = models.CharField(max_length=24, choices=Confirmation.choices, blank=True)
    confidence = models.CharField(max_length=8, choices=Confidence.choices, blank=True)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_by_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_by_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    review_mode = models.CharField(max_length=16, choices=ReviewMode.choices)
    override_reason = models.TextField(blank=True)
    imported_from = models.CharField(max_length=120, blank=True)
    record_sha256 = models.CharField(max_length=HASH_LENGTH, blank=True)

    objects = StatusChangeQuerySet.as_manager()

    class Meta:
        ordering = ["sequence"]
        indexes = [
            # A commitment's timeline, and its last change when publishing.
            models.Index(fields=["commitment", "sequence"], name="statuschange_timeline"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(sequence__gte=1), name="statuschange_sequence_from_one"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="statuschange_status_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="statuschange_reason"),
            models.CheckConstraint(
                condition=Q(effective_on__gte=rules.EARLIEST_DATE, effective_on__lte=rules.LATEST_DATE),
                name="statuschange_dated",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.NOT_YET_RATED)
                | (Q(status=Status.NO_EVIDENCE) & Q(search_record__isnull=False))
                | (~Q(status=Status.NO_EVIDENCE) & (Q(proof_t1__gt=0) | Q(proof_t2__gt=0) | Q(proof_t3__gt=0))),
                name="statuschange_evidence",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=CLOSING)
                | Q(proof_t1__gt=0)
                | (Q(proof_t2__gt=0) & Q(proof_t3__gt=0))
                | Q(proof_t3__gte=2),
                name="statuschange_closing_evidence",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=CLOSING) | ~Q(review_mode=ReviewMode.NOT_REQUIRED),
                name="statuschange_closing_reviewed",
            ),
            models.CheckConstraint(
                condition=~Q(review_mode=ReviewMode.TWO_PEOPLE)
                | (Q(proposed_by__isnull=False, approved_by__isnull=False) & ~Q(proposed_by=F("approved_by"))),
                name="statuschange_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(review_mode=ReviewMode.OVERRIDE) | (~Q(override_reason="") & Q(approved_by__isnull=False)),
                name="statuschange_override_reason",
            ),
            models.CheckConstraint(
                condition=~Q(review_mode=ReviewMode.IMPORTED) | (~Q(imported_from="") & ~Q(record_sha256="")),
                name="statuschange_import_named",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.NOT_MET) | ~Q(outcome_reason=""), name="statuschange_outcome_reason"
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.UNCLEAR) | (~Q(unclear_reason="") & ~Q(settled_by="")),
                name="statuschange_unclear_explained",
            ),
            models.CheckConstraint(
                condition=Q(kind=ChangeKind.CORRECTION, corrects__isnull=False)
                | (~Q(kind=ChangeKind.CORRECTION) & Q(corrects__isnull=True)),
                name="statuschange_correction_points",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence}. {self.get_status_display()} from {self.effective_on}"

    def weigh(self, proofs: Sequence[rules.Proof]) -> rules.Weight:
        weight = rules.weigh(proofs)
        self.proof_t1, self.proof_t2, self.proof_t3 = weight.t1, weight.t2, weight.t3
        return weight

    def seal(self) -> None:
        self.hash = ledger.digest(self.as_entry())

    def as_entry(self) -> dict[str, Any]:
        """The public facts of this row, as `/ledger.jsonl` prints and the hash covers them."""
        return {
            "format": ledger.FORMAT,
            "sequence": self.sequence,
            "previous_hash": self.previous_hash,
            "commitment": self.commitment.ref,
            "kind": self.kind,
            "from_status": self.from_status,
            "status": self.status,
            "reason": self.reason,
            "effective_on": self.effective_on.isoformat(),
            "recorded_at": ledger.stamp(self.recorded_at),
            "evidence": self.evidence_snapshot,
            "weight": {"T1": self.proof_t1, "T2": self.proof_t2, "T3": self.proof_t3},
            "search_record": self.search_snapshot,
            "outcome_reason": self.outcome_reason,
            "unclear_reason": self.unclear_reason,
            "settled_by": self.settled_by,
            "confirmation": self.confirmation,
            "confidence": self.confidence,
            "corrects": self.corrects.sequence if self.corrects else None,
            "proposed_by": self.proposed_by_name,
            "approved_by": self.approved_by_name,
            "review_mode": self.review_mode,
            "override_reason": self.override_reason,
            "imported_from": self.imported_from,
            "record_sha256": self.record_sha256,
        }

    def as_step(self) -> ledger.Step:
        """This row for replay; needs `corrects` loaded."""
        return ledger.Step(
            sequence=self.sequence,
            status=self.status,
            effective_on=self.effective_on,
            recorded_at=self.recorded_at,
            corrects=self.corrects.sequence if self.corrects else None,
        )
