"""What happened in a period, as plain values: everything a letter says, and whom each line concerns.

Frozen, comparable, and made of JSON's types only, so that a run can keep what
it told and the archive can show it again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

from commitments.digests.choosing import Choice, Scope
from commitments.status import Status

Tags = tuple[Choice, ...]
# The signs of the site as mail can carry them: characters, and told not to become coloured pictures.
_AS_TEXT = "\N{VARIATION SELECTOR-15}"
SIGNS = {
    Status.MET: f"\N{HEAVY CHECK MARK}{_AS_TEXT}",
    Status.PARTLY_MET: "\N{CIRCLE WITH LEFT HALF BLACK}",
    Status.ON_TRACK: f"\N{NORTH EAST ARROW}{_AS_TEXT}",
    Status.IN_PROGRESS: "\N{CIRCLE WITH ALL BUT UPPER LEFT QUADRANT BLACK}",
    Status.STALLED: "\N{DOUBLE VERTICAL LINE}",
    Status.OFF_TRACK: f"\N{SOUTH EAST ARROW}{_AS_TEXT}",
    Status.NOT_MET: "\N{HEAVY BALLOT X}",
    Status.NOT_STARTED: "\N{WHITE CIRCLE}",
    Status.NO_EVIDENCE: "\N{DOTTED CIRCLE}",
    Status.UNCLEAR: "?",
    Status.NOT_YET_RATED: "\N{MIDDLE DOT}",
}
_SIGN_OF = {status.label: sign for status, sign in SIGNS.items()}
LONGEST_REASON = 500


def in_words(on: str, precision: str = "day") -> str:
    """A day as people write it, no more exactly than it is known."""
    day = date.fromisoformat(on)
    match precision:
        case "year":
            return str(day.year)
        case "month":
            return f"{day:%B %Y}"
        case "quarter":
            return f"quarter {(day.month + 2) // 3} of {day.year}"
        case "approximate":
            return f"about {day:%B %Y}"
        case _:
            return f"{day.day} {day:%B %Y}"


def in_short(text: str) -> str:
    """One line of at most 500 characters; the page has the rest."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_REASON else f"{line[: LONGEST_REASON - 1].rstrip()}…"


@dataclass(frozen=True)
class Source:
    title: str
    url: str
    publisher: str


@dataclass(frozen=True)
class Promise:
    """The commitment that a line is about."""

    ref: str
    title: str
    url: str
    tags: Tags = ()


@dataclass(frozen=True)
class Change:
    promise: Promise
    sequence: int
    status_from: str
    status_to: str
    on: str
    reason: str
    sources: tuple[Source, ...] = ()
    corrects: int | None = None

    @property
    def when(self) -> str:
        return in_words(self.on)

    @property
    def said(self) -> str:
        return in_short(self.reason)

    @property
    def sign(self) -> str:
        """Of the status it changed to; none for a name that no status has any more."""
        return _SIGN_OF.get(self.status_to, "")


@dataclass(frozen=True)
class Date:
    """A commitment that has just become due soon, or overdue."""

    promise: Promise
    on: str
    status: str
    precision: str = "day"

    @property
    def when(self) -> str:
        """The stored day is the last one of a period: “31 December 2030”, “end of 2030”, “about June 2030”."""
        said = in_words(self.on, self.precision)
        return f"end of {said}" if self.precision in ("month", "quarter", "year") else said

    @property
    def sign(self) -> str:
        return _SIGN_OF.get(self.status, "")


@dataclass(frozen=True)
class Proof:
    promise: Promise
    source: Source
    on: str
    stance: str
    fact: str = ""
    precision: str = "day"

    @property
    def when(self) -> str:
        return in_words(self.on, self.precision)

    @property
    def said(self) -> str:
        return in_short(self.fact)


@dataclass(frozen=True)
class Contents:
    corrections: tuple[Change, ...] = ()
    changes: tuple[Change, ...] = ()
    overdue: tuple[Date, ...] = ()
    due_soon: tuple[Date, ...] = ()
    evidence: tuple[Proof, ...] = ()
    reviewed: tuple[Promise, ...] = field(default=())

    @property
    def is_news(self) -> bool:
        """Something to write about. A check that changed nothing is worth a line in a letter, not a letter."""
        return any((self.corrections, self.changes, self.overdue, self.due_soon, self.evidence))

    def only_status_changes(self) -> "Contents":
        """What is told at once: the rest waits for the weekly letter."""
        return Contents(corrections=self.corrections, changes=self.changes)

    def as_json(self) -> dict[str, Any]:
        return {name: rows for name, rows in asdict(self).items() if rows}


SECTIONS = tuple(section.name for section in fields(Contents))
# A line by its section and its place in it.
Place = tuple[int, int]


class Index:
    """Whom each line concerns, worked out once, so that a scope costs what it is about and not what all are about."""

    def __init__(self, contents: Contents) -> None:
        self._sections = [getattr(contents, name) for name in SECTIONS]
        self._by_tag: dict[Choice, list[Place]] = {}
        for section, lines in enumerate(self._sections):
            for number, line in enumerate(lines):
                for tag in _tags(line):
                    self._by_tag.setdefault(tag, []).append((section, number))

    def places(self, scope: Scope) -> tuple[Place, ...]:
        """The lines for a scope, in the order of the letter. Equal places mean the same letter."""
        if scope.is_everything:
            return tuple(
                (section, number) for section, rows in enumerate(self._sections) for number in range(len(rows))
            )
        return tuple(sorted({place for choice in scope.choices for place in self._by_tag.get(choice, ())}))

    def at(self, places: Iterable[Place]) -> Contents:
        found: list[list[Any]] = [[] for _ in SECTIONS]
        for section, number in places:
            found[section].append(self._sections[section][number])
        return Contents(**{name: tuple(lines) for name, lines in zip(SECTIONS, found, strict=True)})


def _tags(line: Change | Date | Proof | Promise) -> Tags:
    return line.tags if isinstance(line, Promise) else line.promise.tags


def from_json(kept: Mapping[str, Any]) -> Contents:
    """The contents that `as_json` kept."""
    return Contents(
        corrections=_changes(kept.get("corrections", ())),
        changes=_changes(kept.get("changes", ())),
        overdue=tuple(Date(**{**row, "promise": _promise(row["promise"])}) for row in kept.get("overdue", ())),
        due_soon=tuple(Date(**{**row, "promise": _promise(row["promise"])}) for row in kept.get("due_soon", ())),
        evidence=tuple(
            Proof(**{**row, "promise": _promise(row["promise"]), "source": Source(**row["source"])})
            for row in kept.get("evidence", ())
        ),
        reviewed=tuple(_promise(row) for row in kept.get("reviewed", ())),
    )


def _changes(rows: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
    return tuple(
        Change(
            **{
                **row,
                "promise": _promise(row["promise"]),
                "sources": tuple(Source(**source) for source in row["sources"]),
            }
        )
        for row in rows
    )


def _promise(row: Mapping[str, Any]) -> Promise:
    return Promise(**{**row, "tags": tuple((kind, number) for kind, number in row["tags"])})
