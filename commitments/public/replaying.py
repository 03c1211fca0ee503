"""The ledger of many commitments read once for a page: its lists and its charts replay the same steps."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple

from commitments import ledger
from commitments.models import StatusChange
from commitments.public import remembering
from commitments.public.shapes import Moment

# In the place of `recorded_at`, which costs most to read and decides nothing where the ledger is replayed as it stands.
ALWAYS_KNOWN = datetime.min.replace(tzinfo=UTC)


class Entry(NamedTuple):
    """What a row of a past day repeats of the ledger entry that gave it its status."""

    reason: str
    confirmation: str
    effective_on: date


@dataclass(frozen=True)
class Replay:
    """Every step of each commitment, later ones too; `entries` by sequence, only where a past day needs them."""

    steps: Mapping[int, list[ledger.Step]]
    entries: Mapping[int, Entry]


@remembering.within_a_page
def whole(moment: Moment) -> Replay:
    """All commitments, in one query."""
    return some(moment, None)


def some(moment: Moment, only: Sequence[int] | None) -> Replay:
    """Those that are named, or all, in one query."""
    rows = StatusChange.objects.in_order()
    if only is not None:
        rows = rows.of(only)
    columns = ["commitment_id", "sequence", "status", "effective_on", "corrects__sequence"]
    if moment.as_of:
        columns += ["reason", "confirmation"]
    steps: dict[int, list[ledger.Step]] = defaultdict(list)
    entries: dict[int, Entry] = {}
    for pk, sequence, status, on, corrects, *told in rows.values_list(*columns).iterator():
        steps[pk].append(ledger.Step(sequence, status, on, ALWAYS_KNOWN, corrects))
        if told:
            reason, confirmation = told
            entries[sequence] = Entry(reason, confirmation, on)
    return Replay(dict(steps), entries)
