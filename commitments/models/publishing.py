"""Publishing a status change: rules, four eyes, the next link of the chain, all in one transaction."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from commitments import ledger, rules
from commitments.models.history import LedgerHead, StatusChange
from commitments.models.proof import Evidence, EvidenceLink
from commitments.models.refusing import ConcurrentChange, NeedsSecondPerson, Refused
from commitments.people import display_name
from commitments.status import CLOSING, ChangeKind, ReviewMode, Status

if TYPE_CHECKING:
    from commitments.models.promises import Commitment


@transaction.atomic
def publish(
    change: StatusChange, *, evidence: Sequence[Evidence], now: datetime, seen_sequence: int | None = None
) -> StatusChange:
    """Append an unsaved change to the ledger and bring its commitment in line, in one transaction.

    `change` says what its author decided: commitment, status, reason, effective
    date and people at least. Its place in the chain, its kind and what stands
    behind it are set here; without `confirmation` the evidence decides that too.
    `seen_sequence` is the sequence of the commitment's last change that the
    editor had before them (0 for none); None skips that check.
    """
    head = LedgerHead.locked()
    last = last_change_of(change.commitment)
    _refuse_if_overtaken(last, seen_sequence)
    _place(change, head=head, last=last, now=now)
    proofs = check(change, last=last, evidence=evidence, today=now.date())
    change.review_mode = review_mode(change)
    weight = change.weigh(proofs)
    change.confirmation = change.confirmation or rules.confirmation(change.status, weight)
    change.evidence_snapshot = [item.as_ledger_entry() for item in evidence]
    change.search_snapshot = change.search_record.as_ledger_entry() if change.search_record else None
    change.seal()
    change.save(force_insert=True)
    change.evidence.set(evidence)
    head.sequence, head.hash = change.sequence, change.hash
    head.save(update_fields=["sequence", "hash"])
    apply(change)
    return change


def _place(change: StatusChange, *, head: LedgerHead, last: StatusChange | None, now: datetime) -> None:
    """Where in the chain and after which entry it stands, with names as they are today and words trimmed."""
    change.sequence, change.previous_hash = head.sequence + 1, head.hash
    change.kind = _kind(last, change.status, change.corrects)
    change.from_status = last.status if last else ""
    change.recorded_at = now
    change.proposed_by_name = display_name(change.proposed_by)
    change.approved_by_name = display_name(change.approved_by)
    for words in ("reason", "settled_by", "override_reason"):
        setattr(change, words, getattr(change, words).strip())


def _refuse_if_overtaken(last: StatusChange | None, seen_sequence: int | None) -> None:
    latest = last.sequence if last else 0
    if seen_sequence is not None and seen_sequence != latest:
        raise ConcurrentChange(
            f"Entry {latest} was published after you opened this form (you saw {seen_sequence}). "
            "Nothing was saved; reload the page, read the new entry and decide again."
        )


def _kind(last: StatusChange | None, to: str, corrects: StatusChange | None) -> str:
    if corrects is not None:
        return ChangeKind.CORRECTION
    if last is None:
        return ChangeKind.INITIAL
    return ChangeKind.REVIEW if last.status == to else ChangeKind.UPDATE


def check(
    change: StatusChange, *, last: StatusChange | None, evidence: Sequence[Evidence], today: date
) -> list[rules.Proof]:
    """The proofs behind an unpublished change; raises `Refused` with every rule it breaks."""
    links = EvidenceLink.objects.filter(commitment=change.commitment, evidence__in=evidence)
    proofs = [link.as_proof() for link in links.select_related("evidence")]
    found = [] if len(proofs) == len(evidence) else [_unattached(evidence, proofs)]
    found += _wrong_corrections(change, last)
    found += rules.refusals(_as_draft(change, last, proofs, today))
    if found:
        raise Refused(found)
    return proofs


def _as_draft(
    change: StatusChange, last: StatusChange | None, proofs: Sequence[rules.Proof], today: date
) -> rules.Draft:
    commitment, search = change.commitment, change.search_record
    return rules.Draft(
        status=change.status,
        effective_on=change.effective_on,
        today=today,
        reason=change.reason,
        proofs=proofs,
        made_on=commitment.made_on,
        has_deadline_or_target=commitment.has_deadline_or_target,
        has_search_record=search is not None and search.commitment_id == commitment.pk,
        last_status=last.status if last else None,
        last_effective_on=last.effective_on if last else None,
        is_correction=change.corrects is not None,
        outcome_reason=change.outcome_reason,
        unclear_reason=change.unclear_reason,
        settled_by=change.settled_by,
    )


def _wrong_corrections(change: StatusChange, last: StatusChange | None) -> Iterator[rules.Refusal]:
    corrects = change.corrects
    if corrects is None:
        return
    if corrects.commitment_id != change.commitment.pk:
        yield rules.Refusal("corrects_own", "A correction points at a change of the same commitment.", "corrects")
    if last is not None and corrects.pk != last.pk and change.status != last.status:
        yield rules.Refusal(
            "correct_the_last",
            f"Only the last entry ({last.sequence}) can be corrected to another status; "
            "an earlier one is answered by an entry that keeps the present status.",
            "corrects",
        )


def _unattached(evidence: Sequence[Evidence], proofs: Sequence[rules.Proof]) -> rules.Refusal:
    missing = sorted({item.ref for item in evidence} - {proof.ref for proof in proofs})
    return rules.Refusal(
        "evidence_attached", f"Not attached to this commitment: {', '.join(missing)}. Attach it first.", "evidence"
    )


def review_mode(change: StatusChange) -> str:
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
