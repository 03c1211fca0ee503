"""Edits of what is public: on which pages a row stands, and the revision that each edit leaves on each of them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Model

from commitments.models import Commitment, Evidence, Measurement, Reading, Revision
from commitments.status import Life

# Fields that no page shows: the desk's own tools, and the words relied on.
UNSAID = ("watch_terms", "watch_query", "same_address", "quote", "quote_flag", "snapshot", "read_at_place")
WHY = "This record is public. Say under “Reason for the change” why its words change; the public page prints it."


def publics(row: Model) -> list[Commitment]:
    """The published commitments on whose pages a row stands: none before it is stored or belongs to one."""
    if isinstance(row, Evidence):
        return list(Commitment.objects.published().filter(evidence_links__evidence=row)) if row.pk else []
    if isinstance(row, Measurement):
        row = row.series
    if isinstance(row, Reading):
        row = row.conflict
    record = row if isinstance(row, Commitment) else getattr(row, "commitment", None)
    return [record] if record and record.pk and record.life == Life.PUBLISHED else []


def before(values: Iterable[tuple[str, Any]]) -> str:
    """What columns held, as a revision keeps it and `rewinding` reads it again."""
    return "; ".join(f"{name}: {value or 'nothing'}" for name, value in values)


def record(row: Model, was: str, after: str, *, reason: str, by: User, now: datetime) -> None:
    """One revision for each public page that the row stands on; a row that is gone has lost its number."""
    name = f"{row._meta.verbose_name} {row.pk}" if row.pk else str(row._meta.verbose_name)
    for commitment in publics(row):
        Revision.objects.record(commitment, subject=name, before=was, after=after, reason=reason, by=by, now=now)
