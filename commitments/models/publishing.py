"""Publishing a status change: rules, four eyes, the next link of the chain, all in one transaction."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from commitments import ledger, rules
from commitments.models.history import LedgerHead, StatusChange
from commitments.models.proof import Evidence, EvidenceLink, SearchRecord
from commitments.models.refusing import ConcurrentChange, NeedsSecondPerson, Refused
from commitments.people import display_name
from commitments.status import CLOSING, ChangeKind, ReviewMode, Status

if TYPE_CHECKING:
    from commitments.models.promises import Commitment


@transaction.atomic
def publish(
    *,
    commitment: "Commitment",
    to: str,
    reason: str,
    evidence: Sequence[Evidence],
    by: User | None,
    effective_on: date,
    now: datetime,
    approved_by: User | None = None,
    override_reason: str = "",
    corrects: "StatusChange | None" = None,
    search_record: SearchRecord | None = None,
    outcome_reason: str = "",
    unclear_reason: str = "",
    settled_by: str = "",
    confirmation: str = "",
    confidence: str = "",
    seen_sequence: int | None = None,
    imported_from: str = "",
    record_sha256: str = "",
) -> "StatusChange":
    """Append one change to the ledger and bring its commitment in line, in one transaction.

    `seen_sequence` is the sequence of the commitment's last change that the
    editor had before them (0 for none); None skips that check.
    Without `confirmation` the evidence decides it. `imported_from` and
    `record_sha256` mark history that a record folder brings; such rows name
    no people of this installation.
    """
    head = LedgerHead.locked()
    last = last_change_of(commitment)
    _refuse_if_overtaken(last, seen_sequence)
    change = StatusChange(
        sequence=head.sequence + 1,
        previous_hash=head.hash,
        commitment=commitment,
        kind=_kind(last, to, corrects),
        from_status=last.status if last else "",
        status=to,
        reason=reason.strip(),
        effective_on=effective_on,
        recorded_at=now,
        corrects=corrects,
        search_record=search_record,
        outcome_reason=outcome_reason,
        unclear_reason=unclear_reason,
        settled_by=settled_by.strip(),
        confidence=confidence,
        proposed_by=by,
        proposed_by_name=display_name(by),
        approved_by=approved_by,
        approved_by_name=display_name(approved_by),
        override_reason=override_reason.strip(),
        imported_from=imported_from,
        record_sha256=record_sha256,
    )
    proofs = check(change, last=last, evidence=evidence, today=now.date())
    change.review_mode = review_mode(change)
    weight = change.weigh(proofs)
    change.confirmation = confirmation or rules.confirmation(to, weight)
    change.evidence_snapshot = [item.as_ledger_entry() for item in evidence]
    change.search_snapshot = search_record.as_ledger_entry() if search_record else None
    change.seal()
    change.save(force_insert=True)
    change.evidence.set(evidence)
    head.sequence, head.hash = change.sequence, change.hash
    head.save(update_fields=["sequence", "hash"])
    apply(change)
    return change


def _refuse_if_overtaken(last: "StatusChange | None", seen_sequence: int | None) -> None:
    latest = last.sequence if last else 0
    if seen_sequence is not None and seen_sequence != latest:
        raise ConcurrentChange(
            f"Entry {latest} was published after you opened this form (you saw {seen_sequence}). "
            "Nothing was saved; reload the page, read the new entry and decide again."
        )


def _kind(last: "StatusChange | None", to: str, corrects: "StatusChange | None") -> str:
    if corrects is not None:
        return ChangeKind.CORRECTION
    if last is None:
        return ChangeKind.INITIAL
    return ChangeKind.REVIEW if last.status == to else ChangeKind.UPDATE


def check(
    change: "StatusChange", *, last: "StatusChange | None", evidence: Sequence[Evidence], today: date
) -> list[rules.Proof]:
    """The proofs behind an unpublished change; raises `Refused` with every rule it breaks."""
    commitment = change.commitment
    links = EvidenceLink.objects.filter(commitment=commitment, evidence__in=evidence).select_related("evidence")
    proofs = [link.as_proof() for link in links]
    found = [] if len(proofs) == len(evidence) else [_unattached(evidence, proofs)]
    corrects = change.corrects
    if corrects is not None and corrects.commitment_id != commitment.pk:
        found.append(
            rules.Refusal("corrects_own", "A correction points at a change of the same commitment.", "corrects")
        )
    if corrects is not None and last is not None and corrects.pk != last.pk and change.status != last.status:
        found.append(
            rules.Refusal(
                "correct_the_last",
                f"Only the last entry ({last.sequence}) can be corrected to another status; "
                "an earlier one is answered by an entry that keeps the present status.",
                "corrects",
            )
        )
    draft = rules.Draft(
        status=change.status,
        effective_on=change.effective_on,
        today=today,
        reason=change.reason,
        proofs=proofs,
        made_on=commitment.made_on,
        has_deadline_or_target=commitment.has_deadline_or_target,
        has_search_record=change.search_record is not None and change.search_record.commitment_id == commitment.pk,
        last_status=last.status if last else None,
        last_effective_on=last.effective_on if last else None,
        is_correction=corrects is not None,
        outcome_reason=change.outcome_reason,
        unclear_reason=change.unclear_reason,
        settled_by=change.settled_by,
    )
    found += rules.refusals(draft)
    if found:
        raise Refused(found)
    return proofs


def _unattached(evidence: Sequence[Evidence], proofs: Sequence[rules.Proof]) -> rules.Refusal:
    missing = sorted({item.ref for item in evidence} - {proof.ref for proof in proofs})
    return rules.Refusal(
        "evidence_attached", f"Not attached to this commitment: {', '.join(missing)}. Attach it first.", "evidence"
    )


def review_mode(change: "StatusChange") -> str:
    """How many people stand behind a change, or `NeedsSecondPerson` where one is not enough.

    `settings.FOUR_EYES`: "closing" (default) asks for two people on closing
    statuses, "all" on every status, "off" on none (and the row says so).
    """
    if change.imported_from:
        return ReviewMode.IMPORTED
    if change.override_reason:
        return ReviewMode.OVERRIDE
    if change.approved_by_id and change.approved_by_id != change.proposed_by_id:
        return ReviewMode.TWO_PEOPLE
    closing = change.status in CLOSING
    if settings.FOUR_EYES == "off":
        return ReviewMode.SINGLE_EDITOR
    if closing or settings.FOUR_EYES == "all":
        raise NeedsSecondPerson(
            f"“{Status(change.status).label}” needs a second person: propose it, and let a reviewer "
            "who is not the proposer approve it."
        )
    return ReviewMode.NOT_REQUIRED


def last_change_of(commitment: "Commitment") -> StatusChange | None:
    return StatusChange.objects.filter(commitment=commitment).order_by("-sequence").first()


def apply(change: StatusChange) -> None:
    """Write the derived columns of the commitment from its last change."""
    commitment = change.commitment
    commitment.status = change.status
    commitment.status_since = ledger.since([step.as_step() for step in steps_of(commitment)])
    commitment.status_reason = change.reason
    commitment.confirmation = change.confirmation
    commitment.last_change = change
    commitment.save(
        update_fields=["status", "status_since", "status_reason", "confirmation", "last_change", "updated_at"]
    )
    commitment.refresh_last_seen()


def steps_of(commitment: "Commitment") -> Sequence[StatusChange]:
    return list(StatusChange.objects.filter(commitment=commitment).in_order().select_related("corrects"))
