"""From the record to the deadlines of a calendar: which edition each is, and what was called off."""

from collections.abc import Sequence
from datetime import UTC, datetime, time

from django.db.models import Count

from commitments.models import Commitment, Revision, StatusChange
from commitments.public import dating
from commitments.public.scheduling import Deadline
from commitments.public.shapes import Moment, Row

# A change of one of these makes a new edition of a calendar entry.
CALENDAR_FIELDS = ("title", "slug", "due_on", "due_precision", "due_note")


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
