"""From plain values to what a page prints: the timeline, the small print, the citation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from commitments.public import dating
from commitments.public.shapes import Change, Dossier, Moment, Proof, Row
from commitments.status import Tier

T = TypeVar("T")
TITLE_LENGTH = 70
# With all else that a page of a promise says, so many events stay under 50 kB on the wire.
EVENTS_A_PAGE = 25


@dataclass(frozen=True)
class Event:
    """One line of the timeline; `year` is set on the first line of a year."""

    kind: str
    glyph: str
    on: date
    when: str
    anchor: str
    year: int | None = None
    change: Change | None = None
    proof: Proof | None = None
    cited: tuple[tuple[str, str], ...] = ()

    @property
    def template(self) -> str:
        return f"public/parts/event_{self.kind}.html"

    @property
    def tier(self) -> str:
        return Tier(self.proof.tier).label if self.proof else ""


def timeline(dossier: Dossier) -> list[Event]:
    """Everything that happened, the newest first; on one day a status change stands above its evidence."""
    titles = {proof.ref: proof.title for proof in dossier.proofs}
    events = [_of_change(change, titles) for change in dossier.changes]
    events += [_of_proof(proof) for proof in dossier.proofs]
    events.append(Event("made", "made", dossier.row.made_on, _when(dossier.row.made_on, "day"), "made"))
    rank = {"change": 2, "proof": 1, "made": 0}
    number = {event.anchor: event.change.sequence for event in events if event.change}
    events.sort(key=lambda e: (e.on, rank[e.kind], number.get(e.anchor, 0)), reverse=True)
    return events


@dataclass(frozen=True)
class Sheet:
    """A page of a timeline: its events, the newest first, and where among all of them it lies."""

    events: tuple[Event, ...]
    number: int
    pages: int
    total: int

    @property
    def anchors(self) -> frozenset[str]:
        return frozenset(event.anchor for event in self.events)

    @property
    def first(self) -> int:
        return (self.number - 1) * EVENTS_A_PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.events) - 1


def cut(rows: Sequence[T], number: int, size: int) -> tuple[Sequence[T], int, int]:
    """The rows of that page (of the last, where there are fewer), its number, and how many pages there are."""
    pages = max(1, -(-len(rows) // size))
    number = min(number, pages)
    return rows[(number - 1) * size : number * size], number, pages


def sheet(events: Sequence[Event], *, number: int, around: str = "") -> Sheet:
    """The page of that number, the last where there are fewer; where `around` names an event, the page showing it."""
    at = next((place for place, event in enumerate(events) if event.anchor == around), None)
    wanted = number if at is None else at // EVENTS_A_PAGE + 1
    shown, number, pages = cut(events, wanted, EVENTS_A_PAGE)
    return Sheet(tuple(_with_years(shown)), number, pages, len(events))


def _of_change(change: Change, titles: dict[str, str]) -> Event:
    cited = tuple((ref, _clip(titles[ref])) for ref in change.evidence if ref in titles)
    when = _when(change.effective_on, "day")
    return Event("change", "change", change.effective_on, when, change.anchor, change=change, cited=cited)


def _of_proof(proof: Proof) -> Event:
    when = _when(proof.published_on, proof.precision)
    return Event("proof", proof.glyph, proof.published_on, when, proof.anchor, proof=proof)


def _when(on: date, precision: str) -> str:
    return dating.short_at_precision(on, precision)


def _with_years(events: Iterable[Event]) -> Iterable[Event]:
    shown = None
    for event in events:
        first = event.on.year != shown
        shown = event.on.year
        yield Event(**{**event.__dict__, "year": shown}) if first else event


def _clip(title: str) -> str:
    return title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"


def details(dossier: Dossier) -> list[tuple[str, str]]:
    """The small print about the record: only what there is to say."""
    row = dossier.row
    stands = "in its text" if dossier.in_agreement else "beside it, not in its text"
    found = [
        ("Agreement", f"{row.agreement.name}; this promise stands {stands}"),
        ("Sectors", ", ".join(sector.name for sector in row.sectors)),
        ("When it was made", dossier.made_on_note),
        ("Deadline", row.due.note),
        ("Who owes it now", dossier.owner_note),
        ("Words read in", dossier.wording_source),
    ]
    return [(name, value) for name, value in found if value]


def citation(row: Row, *, site: str, address: str, moment: Moment) -> str:
    """How to cite the page, with the day it was read at, so that the same page can be called up again."""
    status = f"status on {dating.day(moment.today)}: {row.status_label.lower()}"
    return f"“{row.title}” ({row.ref}), {site}, {status}. {address}?as_of={moment.today.isoformat()}"


def what_is_tracked(rows: Iterable[Row], *, named: int = 2) -> str:
    """The agreements behind the list, the one with the most promises first."""
    rows = list(rows)
    names = [row.agreement.name for row in rows]
    ordered = sorted(dict.fromkeys(names), key=lambda name: -names.count(name))
    if not ordered:
        return "Nothing has been published yet."
    rest = len(ordered) - named
    more = "" if rest <= 0 else f" and {rest} more {'agreement' if rest == 1 else 'agreements'}"
    return f"{'; '.join(ordered[:named])}{more}."
