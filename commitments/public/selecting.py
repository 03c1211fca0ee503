"""Filters, search and sort as they stand in the address: query string in, chosen rows out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from urllib.parse import urlencode

from commitments.flags import FLAG_LABELS
from commitments.public.asking import BadRequest
from commitments.public.shapes import Moment, Party, Row
from commitments.status import Band, Firmness, Status

QUERY_LENGTH = 200
SORTS = {
    "ref": "Reference",
    "due": "Due date",
    "changed": "Last change",
    "evidence": "Last evidence",
    "status": "Status",
    "title": "Promise",
}
# Heading of each column of the ledger, with the sort its heading offers.
COLUMNS = (
    ("ref", "Ref"),
    ("title", "Promise"),
    ("", "Owed by"),
    ("status", "Status"),
    ("due", "Due"),
    ("changed", "Last change"),
)
BAND_LABELS: dict[str, str] = {Band.OPEN: "Open", Band.CLOSED: "Closed", Band.CANNOT_RATE: "Cannot be rated"}
LATEST = date.max


@dataclass(frozen=True)
class Selection:
    """What the reader asked for. Unknown values of a known filter choose nothing and are said so."""

    status: str = ""
    band: str = ""
    owner: str = ""
    sector: str = ""
    agreement: str = ""
    firmness: str = ""
    flag: str = ""
    q: str = ""
    sort: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, f.name) for f in fields(self) if f.name != "sort")

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Names and values of what was asked for, for an address or a form."""
        return [(f.name, getattr(self, f.name)) for f in fields(self) if getattr(self, f.name)]

    def query(self, moment: Moment, **changes: str) -> str:
        """The query string of this selection, on the same day, with some filters changed."""
        pairs = replace(self, **changes).pairs
        if moment.as_of:
            pairs.append(("as_of", moment.as_of.isoformat()))
        return f"?{urlencode(pairs)}" if pairs else ""


def read(query: Mapping[str, str]) -> Selection:
    """The selection in a query string; names it does not know are left alone."""
    return Selection(**{f.name: query.get(f.name, "").strip()[:QUERY_LENGTH] for f in fields(Selection)})


def checked(selection: Selection) -> Selection:
    """The selection, or a `BadRequest` that names the filter whose value is none of its words."""
    words: dict[str, list[str]] = {
        "status": list(Status.values),
        "band": [str(band) for band in Band],
        "firmness": list(Firmness.values),
        "flag": list(FLAG_LABELS),
    }
    for name, known in words.items():
        value = getattr(selection, name)
        if value and value not in known:
            raise BadRequest(f"“{name}” must be one of: {', '.join(known)}.")
    return replace(selection, sort="")


def choose(rows: Iterable[Row], selection: Selection) -> list[Row]:
    """The rows that fit every filter, sorted as asked."""
    found = [row for row in rows if _fits(row, selection)]
    return sorted(found, key=_key(selection.sort))


def _fits(row: Row, wanted: Selection) -> bool:
    return (
        wanted.status in ("", row.status)
        and wanted.band in ("", row.band)
        and wanted.agreement in ("", row.agreement.slug)
        and wanted.firmness in ("", row.firmness)
        and (not wanted.owner or wanted.owner in {o.slug for o in row.owners})
        and (not wanted.sector or wanted.sector in {s.slug for s in row.sectors})
        and (not wanted.flag or wanted.flag in row.flags)
        and (not wanted.q or _mentions(row, wanted.q))
    )


def _mentions(row: Row, q: str) -> bool:
    """Every word of the search stands somewhere in the row's words."""
    parts = (row.ref, row.title, row.statement, row.reason, row.hedge, row.agreement.name)
    names = (party.name for party in (*row.owners, *row.sectors))
    text = " ".join((*parts, *names)).casefold()
    return all(word in text for word in q.casefold().split())


def _key(sort: str) -> Callable[[Row], tuple[object, ...]]:
    order = list(Status)
    keys: dict[str, Callable[[Row], tuple[object, ...]]] = {
        "due": lambda r: (r.due.on or LATEST, r.ref),
        "changed": lambda r: (-(r.changed_on or date.min).toordinal(), r.ref),
        "evidence": lambda r: (-(r.last_evidence_on or date.min).toordinal(), r.ref),
        "status": lambda r: (order.index(Status(r.status)), r.ref),
        "title": lambda r: (r.title.casefold(), r.ref),
    }
    return keys.get(sort, lambda r: (r.ref,))


@dataclass(frozen=True)
class Choice:
    """One option of a filter, with how many rows of the whole list it would show."""

    value: str
    label: str
    count: int
    chosen: bool


def choices(rows: Sequence[Row], selection: Selection) -> list[tuple[str, str, list[Choice]]]:
    """`(name, label, options)` of every filter that has something to choose."""
    return [
        ("status", "Status", _fixed(rows, {s: s.label for s in Status}, selection.status, lambda r: [r.status])),
        ("band", "Band", _fixed(rows, BAND_LABELS, selection.band, lambda r: [r.band])),
        ("owner", "Owner", _parties(rows, selection.owner, lambda r: r.owners)),
        ("sector", "Sector", _parties(rows, selection.sector, lambda r: r.sectors)),
        ("agreement", "Agreement", _parties(rows, selection.agreement, lambda r: (r.agreement,))),
        (
            "firmness",
            "Firmness",
            _fixed(rows, {f: f.label for f in Firmness}, selection.firmness, lambda r: [r.firmness]),
        ),
        ("flag", "Flag", _fixed(rows, FLAG_LABELS, selection.flag, lambda r: r.flags)),
    ]


def _fixed(
    rows: Sequence[Row], labels: Mapping[str, str], chosen: str, of: Callable[[Row], Iterable[str]]
) -> list[Choice]:
    counts = _count(value for row in rows for value in of(row))
    return [
        Choice(v, label, counts.get(v, 0), v == chosen) for v, label in labels.items() if v in counts or v == chosen
    ]


def _parties(rows: Sequence[Row], chosen: str, of: Callable[[Row], Iterable[Party]]) -> list[Choice]:
    found = [party for row in rows for party in of(row)]
    counts = _count(party.slug for party in found)
    names = dict(sorted({p.slug: p.name for p in found}.items(), key=lambda item: item[1].casefold()))
    return [Choice(slug, name, counts[slug], slug == chosen) for slug, name in names.items()]


def _count(values: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for value in values:
        counts[str(value)] = counts.get(str(value), 0) + 1
    return counts
