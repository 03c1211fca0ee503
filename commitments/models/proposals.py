"""A status change waiting for a second person."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Q

from commitments.models.history import StatusChange
from commitments.models.inquiries import SearchRecord
from commitments.models.proof import Evidence
from commitments.models.publishing import check, last_change_of, publish
from commitments.models.refusing import ConcurrentChange, NeedsSecondPerson
from commitments.status import Confidence, Confirmation, OutcomeReason, Status, UnclearReason

if TYPE_CHECKING:
    from commitments.models.promises import Commitment

# What a published change takes over from its proposal.
PROPOSED = (
    "commitment",
    "status",
    "reason",
    "effective_on",
    "search_record",
    "outcome_reason",
    "unclear_reason",
    "settled_by",
    "confirmation",
    "confidence",
    "corrects",
    "proposed_by",
)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def waiting(self) -> "ProposalQuerySet":
        return self.filter(state=Proposal.State.OPEN)

    def waiting_for(self, user: User) -> "ProposalQuerySet":
        """Open proposals that this person may decide: never their own."""
        return self.waiting().exclude(proposed_by=user)


class Proposal(models.Model):
    """A status change waiting for a second person. Not public."""

    class State(models.TextChoices):
        OPEN = "open", "Waiting"
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    commitment = models.ForeignKey("commitments.Commitment", on_delete=models.CASCADE, related_name="proposals")
    status = models.CharField(max_length=16, choices=Status.choices)
    reason = models.TextField()
    effective_on = models.DateField()
    evidence = models.ManyToManyField(Evidence, related_name="+", blank=True)
    search_record = models.ForeignKey(SearchRecord, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome_reason = models.CharField(max_length=16, choices=OutcomeReason.choices, blank=True)
    unclear_reason = models.CharField(max_length=24, choices=UnclearReason.choices, blank=True)
    settled_by = models.TextField(blank=True)
    confirmation = models.CharField(max_length=24, choices=Confirmation.choices, blank=True)
    confidence = models.CharField(max_length=8, choices=Confidence.choices, blank=True)
    corrects = models.ForeignKey(StatusChange, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    seen_sequence = models.PositiveBigIntegerField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN, db_index=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(blank=True)
    change = models.OneToOneField(
        StatusChange, on_delete=models.PROTECT, null=True, blank=True, related_name="proposal"
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["commitment"], condition=Q(state="open"), name="proposal_one_open_per_commitment"
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_by__isnull=False), name="proposal_decided_by_someone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment.ref}: {self.get_status_display()}"

    @transaction.atomic
    def approve(self, *, by: User, now: datetime, override_reason: str = "") -> StatusChange:
        """Publish what was proposed.

        The approver is not the proposer; the chief editor may override that
        with a reason, which is printed publicly.
        """
        self._still_open()
        if by.pk == self.proposed_by_id and not override_reason.strip() and settings.FOUR_EYES != "off":
            raise NeedsSecondPerson("Nobody approves their own proposal; another reviewer has to read it.")
        proposed = {name: getattr(self, name) for name in PROPOSED}
        change = StatusChange(**proposed, approved_by=by, override_reason=override_reason)
        proofs = list(self.evidence.all())
        self.change = publish(change, evidence=proofs, now=now, seen_sequence=self.seen_sequence)
        self._decide(self.State.APPROVED, by=by, now=now, note=override_reason)
        return self.change

    @transaction.atomic
    def decline(self, *, by: User, now: datetime, note: str) -> None:
        """Send it back with the reason; nothing is published."""
        self._still_open()
        self._decide(self.State.DECLINED, by=by, now=now, note=note)

    @transaction.atomic
    def withdraw(self, *, by: User, now: datetime) -> None:
        self._still_open()
        self._decide(self.State.WITHDRAWN, by=by, now=now, note="")

    def _still_open(self) -> None:
        state = Proposal.objects.select_for_update().get(pk=self.pk).state
        if state != self.State.OPEN:
            raise ConcurrentChange(f"This proposal was {self.State(state).label.lower()} meanwhile; nothing was saved.")

    def _decide(self, state: str, *, by: User, now: datetime, note: str) -> None:
        self.state, self.decided_by, self.decided_at, self.decision_note = state, by, now, note
        self.save(update_fields=["state", "decided_by", "decided_at", "decision_note", "change"])


@transaction.atomic
def propose(
    *,
    commitment: "Commitment",
    to: str,
    reason: str,
    evidence: Sequence[Evidence],
    by: User,
    effective_on: date,
    now: datetime,
    **details: Any,
) -> Proposal:
    """Check the rules and store the proposal; raises `Refused` with every broken one."""
    last = last_change_of(commitment)
    trial = StatusChange(commitment=commitment, status=to, reason=reason, effective_on=effective_on, **details)
    check(trial, last=last, evidence=evidence, today=now.date())
    proposal = Proposal.objects.create(
        commitment=commitment,
        status=to,
        reason=reason,
        effective_on=effective_on,
        proposed_by=by,
        proposed_at=now,
        seen_sequence=last.sequence if last else 0,
        **details,
    )
    proposal.evidence.set(evidence)
    return proposal
