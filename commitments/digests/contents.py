"""What happened in a period, as plain values: everything a letter says, and whom each line concerns.

Frozen, comparable, and made of JSON's types only, so that a run can keep what
it told and the archive can show it again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from commitments.digests.choosing import Choice, Scope

Tags = tuple[Choice, ...]


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


@dataclass(frozen=True)
class Date:
    """A commitment that has just become due soon, or overdue."""

    promise: Promise
    on: str
    status: str


@dataclass(frozen=True)
class Proof:
    promise: Promise
    source: Source
    on: str
    stance: str
    fact: str = ""


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

    def for_scope(self, scope: Scope) -> "Contents":
        if scope.is_everything:
            return self
        wanted = set(scope.choices)
        return Contents(
            corrections=_about(self.corrections, wanted),
            changes=_about(self.changes, wanted),
            overdue=_about(self.overdue, wanted),
            due_soon=_about(self.due_soon, wanted),
            evidence=_about(self.evidence, wanted),
            reviewed=tuple(promise for promise in self.reviewed if wanted.intersection(promise.tags)),
        )

    def only_status_changes(self) -> "Contents":
        """What is told at once: the rest waits for the weekly letter."""
        return Contents(corrections=self.corrections, changes=self.changes)

    def as_json(self) -> dict[str, Any]:
        return {name: rows for name, rows in asdict(self).items() if rows}


Line = TypeVar("Line", Change, Date, Proof)


def _about(lines: tuple[Line, ...], wanted: set[Choice]) -> tuple[Line, ...]:
    return tuple(line for line in lines if wanted.intersection(line.promise.tags))


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
