"""From the record to plain values for lists: rows and changes, today or as of a day.

The number of queries does not depend on how much there is to read.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time

from django.db.models import Count, Max, Q

from commitments import as_of, flags
from commitments.models import (
    Commitment,
    Conflict,
    EvidenceLink,
    LedgerHead,
    Revision,
    StatusChange,
)
from commitments.public import dating
from commitments.public.scheduling import Deadline
from commitments.public.shapes import Change, Due, Edit, Moment, Party, Row, event_kind
from commitments.status import Confirmation, ReviewMode, Status

# A change of one of these makes a new edition of a calendar entry.
CALENDAR_FIELDS = ("title", "slug", "due_on", "due_precision", "due_note")


def rows(moment: Moment, *, pks: Iterable[int] | None = None) -> list[Row]:
    """Every published commitment that had been made by then, or those named, in order of reference."""
    public = Commitment.objects.published().with_parties().order_by("ref")
    found = list(public if pks is None else public.filter(pk__in=pks))
    if moment.as_of:
        found = [c for c in found if c.made_on <= moment.as_of]
        return _rows_then(found, moment.as_of, own=pks is not None)
    contested = _contested()
    return [_row(c, _flags(c, c.pk in contested, moment.today)) for c in found]


def row(commitment: Commitment, moment: Moment) -> Row:
    """The row of one commitment, by the same reading as the lists."""
    contested = commitment.pk in _contested(commitment.pk)
    if moment.as_of:
        return _rows_then([commitment], moment.as_of, own=True)[0]
    return _row(commitment, _flags(commitment, contested, moment.today))


def neighbours(commitment: Commitment, *, limit: int) -> list[int]:
    """Public commitments with the most sectors and owners in common with this one."""
    shared = Count("sectors", filter=Q(sectors__in=commitment.sectors.all()), distinct=True) * 2 + Count(
        "owners", filter=Q(owners__in=commitment.owners.all()), distinct=True
    )
    found = Commitment.objects.published().exclude(pk=commitment.pk).filter(sectors__in=commitment.sectors.all())
    return list(found.annotate(shared=shared).order_by("-shared", "ref").values_list("pk", flat=True)[:limit])


def _contested(pk: int | None = None) -> set[int]:
    conflicts = Conflict.objects.filter(state=Conflict.State.OPEN)
    if pk is not None:
        conflicts = conflicts.filter(commitment=pk)
    return set(conflicts.values_list("commitment_id", flat=True))


def _flags(commitment: Commitment, contested: bool, today: date) -> tuple[str, ...]:
    return _flag_names(
        status=commitment.status,
        due_on=commitment.due_on,
        last_seen_on=commitment.last_seen_on,
        changed_on=commitment.status_since,
        has_open_conflict=contested,
        confirmation=commitment.confirmation,
        today=today,
    )


def _flag_names(*, confirmation: str, **facts: object) -> tuple[str, ...]:
    return tuple(flags.flags(contradicted=confirmation == Confirmation.CONTRADICTED, **facts).names)  # type: ignore[arg-type]


def _row(commitment: Commitment, flag_names: tuple[str, ...], **then: object) -> Row:
    last = commitment.last_change
    values: dict[str, object] = {
        "status": commitment.status,
        "since": commitment.status_since,
        "reason": commitment.status_reason,
        "confirmation": commitment.confirmation,
        "changed_on": last.effective_on if last else None,
        "last_evidence_on": commitment.last_evidence_on,
        **then,
    }
    return Row(
        pk=commitment.pk,
        ref=commitment.ref,
        slug=commitment.slug,
        title=commitment.title,
        statement=commitment.statement,
        agreement=Party(commitment.agreement.slug, commitment.agreement.title),
        owners=tuple(Party(o.slug, str(o)) for o in commitment.owners.all()),
        sectors=tuple(Party(s.slug, s.name) for s in commitment.sectors.all()),
        firmness=commitment.firmness,
        hedge=commitment.hedge,
        binding=commitment.binding,
        made_on=commitment.made_on,
        due=Due(commitment.due_on, commitment.due_precision, commitment.due_note),
        flags=flag_names,
        updated_at=commitment.updated_at,
        **values,  # type: ignore[arg-type]
    )


def _rows_then(found: Sequence[Commitment], on: date, *, own: bool = False) -> list[Row]:
    only = [c.pk for c in found] if own else None
    states = as_of.states(on=on, commitments=only)
    entries = StatusChange.objects.filter(sequence__in=[s.sequence for s in states.values()])
    told = {e.sequence: e for e in entries.only("sequence", "reason", "confirmation", "effective_on", "commitment")}
    last_evidence = _last_evidence(on, only)
    contested = _contested()
    return [
        _row_then(c, states.get(c.pk, as_of.UNRATED), told, last_evidence.get(c.pk), c.pk in contested, on)
        for c in found
    ]


def _row_then(
    commitment: Commitment,
    state: as_of.State,
    told: dict[int, StatusChange],
    evidence_on: date | None,
    contested: bool,
    on: date,
) -> Row:
    entry = told.get(state.sequence) if state.sequence else None
    changed_on = entry.effective_on if entry else None
    confirmation = entry.confirmation if entry else ""
    names = _flag_names(
        status=state.status,
        due_on=commitment.due_on,
        last_seen_on=max((d for d in (evidence_on, changed_on) if d), default=None),
        changed_on=state.since,
        has_open_conflict=contested,
        confirmation=confirmation,
        today=on,
    )
    return _row(
        commitment,
        names,
        status=state.status,
        since=state.since,
        reason=entry.reason if entry else "",
        confirmation=confirmation,
        changed_on=changed_on,
        last_evidence_on=evidence_on,
    )


def _last_evidence(on: date, only: Iterable[int] | None) -> dict[int, date]:
    links = EvidenceLink.objects.filter(evidence__published_on__lte=on)
    if only is not None:
        links = links.filter(commitment__in=only)
    return dict(links.order_by().values_list("commitment").annotate(Max("evidence__published_on")))


def evidence_dates(moment: Moment, *, pks: Iterable[int] | None = None) -> list[tuple[date, str, int]]:
    """How many uses of evidence fall on each day, by kind of event, summed in the database."""
    links = EvidenceLink.objects.filter(commitment__life="published")
    if pks is not None:
        links = links.filter(commitment__in=pks)
    if moment.as_of:
        links = links.filter(evidence__published_on__lte=moment.as_of)
    sums = links.order_by().values_list("evidence__published_on", "stance", "act").annotate(Count("pk"))
    return [(on, event_kind(stance, act), count) for on, stance, act, count in sums]


def changes(
    moment: Moment,
    *,
    commitment: int | None = None,
    commitments: Iterable[int] | None = None,
    corrections: bool = False,
    rated: bool = False,
    before: int | None = None,
    latest: bool = False,
    limit: int | None = None,
) -> list[Change]:
    """Published changes of public commitments, the one that took effect last first.

    With `latest` in the order they were recorded, the newest first, as feeds want it;
    `before` then continues below a sequence number.
    """
    found = StatusChange.objects.filter(commitment__life__in=("published", "withdrawn"))
    if commitment is not None:
        found = found.filter(commitment=commitment)
    if commitments is not None:
        found = found.of(commitments)
    if corrections:
        found = found.corrections()
    if rated:
        found = found.exclude(status=Status.NOT_YET_RATED)
    if moment.as_of:
        found = found.filter(effective_on__lte=moment.as_of)
    if before is not None:
        found = found.filter(sequence__lt=before)
    found = found.order_by("-sequence") if latest else found.newest_first()
    found = found.select_related("commitment", "corrects")
    return [change(c) for c in found[:limit]]


def change(entry: StatusChange) -> Change:
    return Change(
        sequence=entry.sequence,
        ref=entry.commitment.ref,
        slug=entry.commitment.slug,
        title=entry.commitment.title,
        kind=entry.kind,
        from_status=entry.from_status,
        status=entry.status,
        reason=entry.reason,
        effective_on=entry.effective_on,
        recorded_at=entry.recorded_at,
        evidence=tuple(item["ref"] for item in entry.evidence_snapshot),
        review_mode=ReviewMode(entry.review_mode).label,
        people=tuple(dict.fromkeys(n for n in (entry.proposed_by_name, entry.approved_by_name) if n)),
        confirmation=entry.confirmation,
        confidence=entry.confidence,
        settled_by=entry.settled_by,
        corrects=entry.corrects.sequence if entry.corrects else None,
    )


def edits(moment: Moment) -> list[tuple[Commitment, Edit]]:
    """Every edit of published words of public records, the newest first."""
    found = Revision.objects.filter(commitment__life__in=("published", "withdrawn")).select_related("commitment")
    if moment.as_of:
        found = found.filter(made_at__date__lte=moment.as_of)
    return [(r.commitment, Edit(r.subject, r.before, r.after, r.reason, r.by_name, r.made_at)) for r in found]


def head() -> tuple[int, str]:
    """Sequence and hash of the last ledger entry: which state of the record an export shows."""
    last = LedgerHead.current()
    return last.sequence, last.hash


def deadlines(moment: Moment, rows: Sequence[Row]) -> list[Deadline]:
    """The dates of these rows, and cancellations for withdrawn records that had one."""
    dated = [row for row in rows if row.due.on]
    moved = _times_moved([row.pk for row in dated])
    found = [_deadline(row, moved.get(row.pk, 0)) for row in dated]
    if moment.as_of is None:
        withdrawn = Commitment.objects.once_public().filter(life="withdrawn", due_on__isnull=False)
        found += [_cancelled(commitment) for commitment in withdrawn]
    return sorted(found, key=lambda deadline: (deadline.on, deadline.ref))


def _times_moved(pks: Sequence[int]) -> dict[int, int]:
    """How often words that the calendar repeats were revised or the status changed."""
    edits = Revision.objects.filter(commitment__in=pks, subject__in=CALENDAR_FIELDS)
    turns = StatusChange.objects.of(pks)
    counted: dict[int, int] = {}
    for found in (edits, turns):
        for pk, count in found.order_by().values_list("commitment").annotate(Count("pk")):
            counted[pk] = counted.get(pk, 0) + count
    return counted


def _deadline(row: Row, sequence: int) -> Deadline:
    return Deadline(
        ref=row.ref,
        slug=row.slug,
        title=row.title,
        on=row.due.on or row.made_on,
        due=dating.due(row.due.on, row.due.precision),
        status_label=row.status_label,
        note=row.due.note,
        sequence=sequence,
        stamp=row.updated_at or datetime.combine(row.made_on, time(), UTC),
    )


def _cancelled(commitment: Commitment) -> Deadline:
    moved = _times_moved([commitment.pk]).get(commitment.pk, 0)
    return Deadline(
        ref=commitment.ref,
        slug=commitment.slug,
        title=commitment.title,
        on=commitment.due_on or commitment.made_on,
        due=dating.due(commitment.due_on, commitment.due_precision),
        status_label="withdrawn",
        note=commitment.life_note,
        sequence=moved + 1,
        stamp=commitment.withdrawn_at or commitment.updated_at,
        is_cancelled=True,
    )
