"""The history of a commitment in words, newest first: status changes, edits of published words, evidence added."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from commitments.models import Commitment, EvidenceLink, Revision, StatusChange
from commitments.status import ChangeKind, ReviewMode, Status


@dataclass(frozen=True)
class Event:
    """Something that happened to a record: when it was written down, and a sentence."""

    at: datetime
    text: str
    detail: str = ""


def history(commitment: Commitment, *, most: int = 200) -> list[Event]:
    events = [
        *_changes(commitment.status_changes.newest_first().select_related("corrects")[:most]),
        *_revisions(commitment.revisions.all()[:most]),
        *_evidence(commitment.evidence_links.select_related("evidence").order_by("-added_at")[:most]),
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)[:most]


def _changes(changes: Iterable[StatusChange]) -> Iterator[Event]:
    for change in changes:
        yield Event(change.recorded_at, f"{_what(change)}, {_who(change)}.", change.reason)


def _what(change: StatusChange) -> str:
    label, day = change.get_status_display(), f"{change.effective_on:%-d %B %Y}"
    match change.kind:
        case ChangeKind.INITIAL:
            return f"First rated “{label}” from {day}"
        case ChangeKind.REVIEW:
            return f"Checked on {day}: still “{label}”"
        case ChangeKind.CORRECTION:
            number = change.corrects.sequence if change.corrects else "?"
            return f"Entry {number} corrected: “{label}” from {day}"
    return f"Status changed from “{Status(change.from_status).label}” to “{label}” from {day}"


def _who(change: StatusChange) -> str:
    proposed, approved = change.proposed_by_name, change.approved_by_name
    match change.review_mode:
        case ReviewMode.IMPORTED:
            return f"imported with the record “{change.imported_from}” ({change.record_sha256[:12]})"
        case ReviewMode.TWO_PEOPLE:
            return f"proposed by {proposed}, approved by {approved}"
        case ReviewMode.OVERRIDE:
            return f"by {approved or proposed} without a second person, because: {change.override_reason.rstrip('.')}"
    return f"by {proposed or 'nobody named'}"


def _revisions(revisions: Iterable[Revision]) -> Iterator[Event]:
    for revision in revisions:
        subject = revision.subject.replace("_", " ")
        text = f"{subject[:1].upper()}{subject[1:]} edited by {revision.by_name or 'an import'}: {revision.reason}"
        yield Event(
            revision.made_at, text, f"Before: {revision.before or 'nothing'} · After: {revision.after or 'nothing'}"
        )


def _evidence(links: Iterable[EvidenceLink]) -> Iterator[Event]:
    for link in links:
        item = link.evidence
        text = f"Evidence added ({item.tier}, {link.get_stance_display().lower()}): {item.title}"
        yield Event(link.added_at, text, f"{item.publisher}, {item.published_on:%-d %B %Y}")
