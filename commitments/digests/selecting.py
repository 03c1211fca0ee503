"""What happened in a period. Reads the record, and only the record; a constant number of queries.

Status changes are told by their place in the ledger, not by their time alone:
an entry that was stamped before a boundary and committed after it is told by
the next run. Evidence has no such number; a day of overlap, minus what the
last run told, does the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Max, QuerySet

from commitments import flags
from commitments.digests.choosing import Choice
from commitments.digests.contents import Change, Contents, Date, Promise, Proof, Source
from commitments.digests.models import DigestRun
from commitments.digests.scheduling import Period, Schedule
from commitments.models import Commitment, EvidenceLink, LedgerHead, StatusChange
from commitments.status import ChangeKind, Stance, Status

OVERLAP = timedelta(days=1)
ABOUT = ("commitment__owners", "commitment__sectors")


@dataclass(frozen=True)
class Found:
    """The contents of a run, and how far it read."""

    contents: Contents
    through_sequence: int
    told: tuple[int, ...]


def find(period: Period, after: DigestRun | None, schedule: Schedule) -> Found:
    """Everything that a run over this period has to tell, after the run before it."""
    through = _through(period.end)
    changes = list(_changes(period, after, through))
    told = [change for change in changes if change.kind != ChangeKind.REVIEW]  # a review's evidence is news by itself
    shown = {(change.commitment_id, proof.pk) for change in told for proof in change.evidence.all()}
    links = list(_links(period, after))
    first, last = schedule.local_day(period.start), schedule.local_day(period.end)
    updates = [change for change in changes if change.kind in (ChangeKind.INITIAL, ChangeKind.UPDATE)]
    contents = Contents(
        corrections=tuple(map(_change, _kind(changes, ChangeKind.CORRECTION))),
        changes=tuple(map(_change, updates)),
        overdue=_dates(first, last),
        due_soon=_dates(first + flags.DUE_SOON_WINDOW + timedelta(days=1), last + flags.DUE_SOON_WINDOW + timedelta(1)),
        evidence=tuple(_proof(link) for link in links if (link.commitment_id, link.evidence_id) not in shown),
        reviewed=tuple(_promise(change.commitment) for change in _kind(changes, ChangeKind.REVIEW)),
    )
    return Found(contents, through, tuple(link.pk for link in links))


def anything_new(after: DigestRun) -> bool:
    """Whether a status change waits to be told at once."""
    return _untold(after).exists()


def moment_after(last: DigestRun) -> datetime:
    """The first instant that is later than this run and than everything that waits to be told at once."""
    newest = _untold(last).aggregate(at=Max("recorded_at"))["at"]
    return max(last.ends_at, newest or last.ends_at) + timedelta(microseconds=1)


def _untold(after: DigestRun) -> QuerySet[StatusChange]:
    return StatusChange.objects.told().changing().after(after.through_sequence)


def _through(end: datetime) -> int:
    """The last entry of the ledger before the first one that was recorded at or after `end`.

    A whole piece of the ledger, so that each entry is told by exactly one run
    whatever the clocks of two editors said.
    """
    later = StatusChange.objects.recorded_since(end).in_order().first()
    return later.sequence - 1 if later else LedgerHead.current().sequence


def _changes(period: Period, after: DigestRun | None, through: int) -> Iterable[StatusChange]:
    """Ledger entries that are news, in order; imported history never is."""
    rows = StatusChange.objects.told().through(through).of_published()
    rows = rows.recorded_since(period.start) if after is None else rows.after(after.through_sequence)
    return rows.in_order().select_related("commitment", "corrects").prefetch_related("evidence", *ABOUT)


def _links(period: Period, after: DigestRun | None) -> Iterable[EvidenceLink]:
    start = period.start if after is None else period.start - OVERLAP
    rows = EvidenceLink.objects.added_between(start, period.end).of_published().but_not(after.told if after else ())
    return rows.by_promise().select_related("evidence", "commitment").prefetch_related(*ABOUT)


def _dates(first: date, until: date) -> tuple[Date, ...]:
    """Open commitments with a date in the half-open span of days."""
    rows = Commitment.objects.published().due_between(first, until).prefetch_related("owners", "sectors")
    return tuple(
        Date(_promise(row), row.due_on.isoformat(), row.get_status_display(), row.due_precision)
        for row in rows
        if row.due_on is not None
    )


def _kind(changes: Iterable[StatusChange], kind: str) -> list[StatusChange]:
    return [change for change in changes if change.kind == kind]


def _change(change: StatusChange) -> Change:
    return Change(
        promise=_promise(change.commitment),
        sequence=change.sequence,
        status_from=Status(change.from_status).label if change.from_status else "",
        status_to=Status(change.status).label,
        on=change.effective_on.isoformat(),
        reason=change.reason,
        sources=tuple(Source(row.title, row.url, row.publisher) for row in change.evidence.all()),
        corrects=change.corrects.sequence if change.corrects else None,
    )


def _proof(link: EvidenceLink) -> Proof:
    evidence = link.evidence
    return Proof(
        promise=_promise(link.commitment),
        source=Source(evidence.title, evidence.url, evidence.publisher),
        on=evidence.published_on.isoformat(),
        stance=Stance(link.stance).label,
        fact=evidence.fact,
        precision=evidence.date_precision,
    )


def _promise(row: Commitment) -> Promise:
    tags: list[Choice] = [("commitment", row.pk), ("agreement", row.agreement_id)]
    tags += [("owner", owner.pk) for owner in row.owners.all()]
    tags += [("sector", sector.pk) for sector in row.sectors.all()]
    return Promise(row.ref, row.title, settings.SITE_URL + row.get_absolute_url(), tuple(tags))
