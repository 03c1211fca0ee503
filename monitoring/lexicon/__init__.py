"""General knowledge the matcher starts with: groups of words, bodies with aliases, places, stop words.

Plain text files beside this one; nothing here is about one agreement. Staff add aliases in the admin.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from monitoring.normalising import stems_of

_FOLDER = Path(__file__).parent
_DATES = re.compile(r"\((?:from (?P<start>\d{4}-\d\d-\d\d))? ?(?:until (?P<end>\d{4}-\d\d-\d\d))?\)$")
_WEAK = 0.4
WEAK_OR_LOWER = 0.45
"""Names below this strength are common words and need no capital letter."""
_HINT = 0.5


@dataclass(frozen=True)
class Alias:
    """Another name of a body: how surely it means that body, and between which dates."""

    name: str
    strength: float = 1.0
    start_on: date | None = None
    end_on: date | None = None

    def counts_on(self, day: date) -> bool:
        return (self.start_on is None or self.start_on <= day) and (self.end_on is None or day <= self.end_on)


@dataclass(frozen=True)
class Body:
    """An organisation: ``kind`` is company or public, ``country`` a code of the places file."""

    name: str
    kind: str
    country: str
    aliases: tuple[Alias, ...]


Term = tuple[str, str, float]
"""Group, term, weight; a term that only hints at its group weighs half."""


@cache
def concepts() -> tuple[Term, ...]:
    """Groups of words that mean much the same."""
    return _terms("concepts.txt")


@cache
def asides() -> tuple[Term, ...]:
    """Groups of words of news that is seldom about a promise: sport, pay, prizes, shares."""
    return _terms("asides.txt")


@cache
def places() -> tuple[Term, ...]:
    """(country code, name, weight); the code ``abroad`` stands for any place that is not at home."""
    return _terms("places.txt")


@cache
def bodies() -> tuple[Body, ...]:
    found = []
    for line in _lines("organisations.txt"):
        name, kind, country, aliases = (part.strip() for part in line.split("|"))
        named = tuple(read_alias(alias) for alias in aliases.split(";") if alias.strip())
        found.append(Body(name, kind, country, (Alias(name), *named)))
    return tuple(found)


@cache
def stop_stems() -> frozenset[str]:
    return frozenset(stem for line in _lines("stopwords.txt") for stem in stems_of(line))


def read_alias(text: str) -> Alias:
    """``"AI Safety Institute (until 2025-02-13)"``; a question mark at the end of the name makes it weak."""
    text = text.strip()
    dates = _DATES.search(text)
    name = (text[: dates.start()] if dates else text).strip()
    start, end = (dates["start"], dates["end"]) if dates else (None, None)
    return Alias(
        name.rstrip("?"),
        _WEAK if name.endswith("?") else 1.0,
        date.fromisoformat(start) if start else None,
        date.fromisoformat(end) if end else None,
    )


def _terms(file: str) -> tuple[Term, ...]:
    return tuple(
        (group, term.rstrip("?"), _HINT if term.endswith("?") else 1.0)
        for group, terms in _groups(file)
        for term in terms
    )


def _groups(file: str) -> list[tuple[str, list[str]]]:
    found = []
    for line in _lines(file):
        name, _, terms = line.partition(":")
        found.append((name.strip(), [term.strip() for term in terms.split(",") if term.strip()]))
    return found


def _lines(file: str) -> list[str]:
    text = (_FOLDER / file).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
