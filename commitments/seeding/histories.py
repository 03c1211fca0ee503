"""Imported history: the folder's status changes, appended to the ledger under the record's own hash."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from commitments.models import Commitment, Evidence, Refused, SearchRecord, StatusChange
from commitments.models.publishing import publish
from commitments.seeding.checking import label
from commitments.seeding.faults import BadRecord, Fault
from commitments.seeding.reading import Folder
from commitments.seeding.reporting import Report
from commitments.seeding.schema import CHANGE
from commitments.status import Life, ReviewMode

Changes = Sequence[dict[str, Any]]
DETAILS = ("outcome_reason", "unclear_reason", "settled_by", "confirmation", "confidence")


def add_histories(folder: Folder, *, report: Report, now: datetime) -> None:
    """Append what the ledger does not hold yet, oldest first, through the same door as the form."""
    commitments = {
        row.ref: row for row in Commitment.objects.filter(ref__in=[c["ref"] for c in folder.lists["commitments"]])
    }
    waiting = _waiting(folder.lists["status_changes"], commitments, report)
    evidence = {row.ref: row for row in Evidence.objects.filter(ref__in=[e["ref"] for e in folder.lists["evidence"]])}
    faults: list[Fault] = []
    for change in sorted(waiting, key=lambda item: item["effective_on"]):
        try:
            _publish(change, commitments[change["commitment"]], evidence, folder=folder, now=now)
            report.added["status changes"] += 1
        except Refused as refused:
            faults += [_fault(change, refusal) for refusal in refused.refusals]
    if faults:
        raise BadRecord(str(folder.path), faults)


def _waiting(changes: Changes, commitments: dict[str, Commitment], report: Report) -> Changes:
    """The changes that are still to be published; drafts have none, and published history is never rewritten."""
    known = _known(commitments)
    waiting: list[dict[str, Any]] = []
    for ref, wanted in _by_commitment(changes).items():
        if commitments[ref].life == Life.DRAFT:
            report.held += len(wanted)
        elif [_key(change) for change in wanted[: len(known[ref])]] == known[ref]:
            waiting += wanted[len(known[ref]) :]
        else:
            report.kept.append(f"status history of {ref}; the ledger is not rewritten, publish a correction")
    return waiting


def _by_commitment(changes: Changes) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for change in changes:
        grouped[change["commitment"]].append(change)
    return grouped


def _known(commitments: dict[str, Commitment]) -> dict[str, list[tuple[Any, ...]]]:
    known: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    rows = StatusChange.objects.filter(review_mode=ReviewMode.IMPORTED).of([row.pk for row in commitments.values()])
    for row in rows.in_order().select_related("commitment"):
        known[row.commitment.ref].append((row.effective_on, row.status, row.reason))
    return known


def _key(change: dict[str, Any]) -> tuple[Any, ...]:
    return (change["effective_on"], change["status"], change["reason"].strip())


def _publish(
    change: dict[str, Any], commitment: Commitment, evidence: dict[str, Evidence], *, folder: Folder, now: datetime
) -> None:
    searched_on = change.get("searched_on")
    search = (
        SearchRecord.objects.filter(commitment=commitment, searched_on=searched_on).first() if searched_on else None
    )
    # Marked as imported, with the record's hash: it names nobody of this installation.
    entry = StatusChange(
        commitment=commitment,
        status=change["status"],
        reason=change["reason"],
        effective_on=change["effective_on"],
        search_record=search,
        imported_from=folder.name,
        record_sha256=folder.sha256,
        **{name: change[name] for name in DETAILS if name in change},
    )
    publish(entry, evidence=[evidence[ref] for ref in change.get("evidence", [])], now=now)


def _fault(change: dict[str, Any], refusal: Any) -> Fault:
    return Fault(
        "status.yaml", refusal.message, label(CHANGE, change, "status_changes"), refusal.field or "status", refusal.rule
    )
