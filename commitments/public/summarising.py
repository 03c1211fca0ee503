"""The state of many promises at a glance: counts and short lists, from rows alone."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from commitments.public.shapes import Party, Row
from commitments.status import Band, Status

# Best first, then what cannot be said; the bar and every stacked chart use this order.
BAR_ORDER = (
    Status.MET,
    Status.PARTLY_MET,
    Status.ON_TRACK,
    Status.IN_PROGRESS,
    Status.STALLED,
    Status.OFF_TRACK,
    Status.NOT_MET,
    Status.NOT_STARTED,
    Status.NO_EVIDENCE,
    Status.UNCLEAR,
    Status.NOT_YET_RATED,
)
IN_A_SENTENCE = {
    Status.MET: "met",
    Status.PARTLY_MET: "partly met",
    Status.ON_TRACK: "on track",
    Status.IN_PROGRESS: "in progress",
    Status.STALLED: "stalled",
    Status.OFF_TRACK: "off track",
    Status.NOT_MET: "not met",
    Status.NOT_STARTED: "not started",
    Status.NO_EVIDENCE: "without any evidence",
    Status.UNCLEAR: "unclear",
    Status.NOT_YET_RATED: "not yet rated",
}


@dataclass(frozen=True)
class Share:
    """How many rows have one status, and what part of the whole that is."""

    status: Status
    count: int
    total: int

    @property
    def label(self) -> str:
        return self.status.label

    @property
    def in_a_sentence(self) -> str:
        return IN_A_SENTENCE[self.status]

    @property
    def percent(self) -> float:
        return 100 * self.count / self.total


def shares(rows: Sequence[Row]) -> list[Share]:
    """One share for each status that occurs, in the order of the bar."""
    counts = Counter(row.status for row in rows)
    return [Share(status, counts[status], len(rows)) for status in BAR_ORDER if counts[status]]


def sentence(rows: Sequence[Row]) -> str:
    """“28 promises. 1 met, 2 on track, 5 without any evidence.”"""
    total = f"{len(rows)} {'promise' if len(rows) == 1 else 'promises'}."
    parts = ", ".join(f"{share.count} {share.in_a_sentence}" for share in shares(rows))
    return f"{total} {parts}." if parts else total


def headline(rows: Sequence[Row]) -> str:
    """“32 promises. 1 met.”: how many, and how many of them are closed, by outcome."""
    total = f"{len(rows)} {'promise' if len(rows) == 1 else 'promises'}."
    closed = [share for share in shares(rows) if share.status.is_closing]
    said = ", ".join(f"{share.count} {share.in_a_sentence}" for share in closed)
    return f"{total} {said[:1].upper()}{said[1:]} so far." if closed else f"{total} None settled so far."


def bands(rows: Iterable[Row]) -> dict[Band, int]:
    found = Counter(row.band for row in rows)
    return {band: found[band] for band in Band}


@dataclass(frozen=True)
class Group:
    """The rows of one owner, sector or agreement, summed up."""

    party: Party
    count: int
    shares: list[Share]


def groups(rows: Sequence[Row], of: Callable[[Row], Iterable[Party]]) -> list[Group]:
    """One group for each party, the largest first."""
    members: dict[Party, list[Row]] = {}
    for row in rows:
        for party in of(row):
            members.setdefault(party, []).append(row)
    found = [Group(party, len(own), shares(own)) for party, own in members.items()]
    return sorted(found, key=lambda group: (-group.count, group.party.name.casefold()))


def due_next(rows: Iterable[Row], today: date, *, limit: int) -> list[Row]:
    """Open promises with a deadline still ahead, the nearest first."""
    ahead = [row for row in rows if row.band is not Band.CLOSED and row.due_on and row.due_on >= today]
    return sorted(ahead, key=lambda row: (row.due_on or date.max, row.ref))[:limit]


def overdue(rows: Iterable[Row], today: date, *, limit: int) -> list[tuple[Row, int]]:
    """Open promises past their deadline with the days since, the longest overdue first."""
    late = [(row, (today - row.due_on).days) for row in rows if "overdue" in row.flags and row.due_on]
    return sorted(late, key=lambda pair: (-pair[1], pair[0].ref))[:limit]


def silent_longest(rows: Iterable[Row], today: date, *, limit: int) -> list[tuple[Row, int]]:
    """Open promises nobody has heard of for longest, with the days since their last evidence."""
    quiet = [(row, row.days_silent(today)) for row in rows if row.band is not Band.CLOSED]
    return sorted(quiet, key=lambda pair: (-pair[1], pair[0].ref))[:limit]


def in_order_of_due(rows: Iterable[Row], *, year: int = 0) -> list[Row]:
    """Rows with a deadline (or those with one in that year), the first due first."""
    dated = sorted(((row.due_on, row.ref, row) for row in rows if row.due_on), key=lambda item: item[:2])
    return [row for on, _, row in dated if not year or on.year == year]


def by_due_year(rows: Iterable[Row]) -> list[tuple[int, list[Row]]]:
    """Rows in order of due by the year it falls in."""
    years: dict[int, list[Row]] = {}
    for row in rows:
        if row.due_on:
            years.setdefault(row.due_on.year, []).append(row)
    return list(years.items())
