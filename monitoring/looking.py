"""Look through stored items with a watch query: for trying one out, and for audits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitoring import marking, placing, preparing, querying
from monitoring.marking import Piece
from monitoring.models import Item
from monitoring.models.items import ItemQuerySet
from monitoring.normalising import read_words
from monitoring.placing import WordPlaces
from monitoring.querying import Node, QueryError

PERIOD = timedelta(days=90)
PERIODS = ((90, "90 days"), (365, "a year"), (3650, "all years"))
MOST_READ = 5_000
SHOWN = 50
_WIDEST = 12
_BEGINNING = 3
_PLAIN = re.compile(r"(?!t[iy]res?\b)[a-z]{2,}(?:[^\w].*)?", re.DOTALL | re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Hit:
    """An item that meets the query, its words marked."""

    item: Item
    title: list[Piece]
    text: list[Piece]


@dataclass(frozen=True)
class Looked:
    """What a query found; or what is wrong with it and at which character."""

    query: str
    hits: list[Hit] = field(default_factory=list)
    count: int = 0
    read: int = 0
    more: bool = False
    error: str = ""
    at: int | None = None

    @property
    def before(self) -> str:
        return self.query[: self.at] if self.at is not None else ""

    @property
    def offender(self) -> str:
        return self.query[self.at : self.at + 1] if self.at is not None else ""

    @property
    def after(self) -> str:
        return self.query[self.at + 1 :] if self.at is not None else ""


def look(query: str, now: datetime, *, unmatched_only: bool = False, period: timedelta = PERIOD) -> Looked:
    """Items of the period that meet the query, newest first. A blank query finds what matched nothing, or nothing."""
    try:
        tree = querying.parse(query)
    except QueryError as error:
        return Looked(query, error=error.message, at=error.at)
    rows = Item.objects.first_seen_between(now - period, now + timedelta(seconds=1)).newest_first()
    rows = rows.with_words(_beginnings(tree))
    if unmatched_only:
        rows = rows.unmatched()
    if tree is None:
        return _browse(query, rows) if unmatched_only else Looked(query)
    items = list(rows[:MOST_READ])
    found = list(_meeting(tree, items))
    return Looked(query, found[:SHOWN], len(found), len(items), more=len(items) == MOST_READ)


def _browse(query: str, rows: ItemQuerySet) -> Looked:
    hits = [Hit(row, [Piece(row.title)], [Piece(preparing.opening_of(row.text))]) for row in rows[:SHOWN]]
    count = rows.count()
    return Looked(query, hits, count, count)


def _meeting(tree: Node, items: list[Item]) -> Iterator[Hit]:
    for item in items:
        title_words = read_words(item.title)
        text = item.text[: preparing.LONGEST_READ * 10]
        words = [*title_words, querying.BREAK, *read_words(text)]
        places = placing.ask(tree, WordPlaces(words))
        if places is None:
            continue
        hits = []
        for first, last in places:
            field_name, source = ("title", item.title) if first < len(title_words) else ("summary", text)
            start, end = words[first].start, words[last].end
            hits.append({"field": field_name, "start": start, "end": end, "text": source[start:end], "why": "query"})
        opening = preparing.opening_of(item.text)
        yield Hit(item, marking.pieces(item.title, hits, "title"), marking.pieces(opening, hits, "summary"))


def _beginnings(tree: Node | None) -> list[str]:
    """First letters of the query's words, for the database to narrow by; none when a word may be written differently.

    So are numbers (*10,000*), words with accents, and words that have a second spelling in their first letters.
    """
    terms = querying.terms_of(tree)
    if len(terms) > _WIDEST or not all(_PLAIN.fullmatch(term.text) for term in terms):
        return []
    return sorted({term.stems[0][:_BEGINNING] for term in terms})
