"""Cards and lists of the inbox, ready for a template: plain values, no further questions to the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from commitments.models import Commitment
from monitoring import marking, preparing, proposing
from monitoring.marking import Piece
from monitoring.models import Item, Source, Suggestion

LISTED = 60
AGES = ((1, "a day"), (7, "a week"), (30, "a month"), (90, "three months"))
_SHARES = 8


@dataclass(frozen=True)
class Wanted:
    """What the inbox is narrowed to; empty values do not narrow."""

    commitment: int | None = None
    band: str = ""
    source: int | None = None
    days: int | None = None

    def since(self, now: datetime) -> datetime | None:
        return now - timedelta(days=self.days) if self.days else None

    def as_query(self) -> dict[str, str]:
        values = {"commitment": self.commitment, "band": self.band, "source": self.source, "days": self.days}
        return {name: str(value) for name, value in values.items() if value}


def read_wanted(given: Mapping[str, str]) -> Wanted:
    def number(name: str) -> int | None:
        value = given.get(name, "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None

    band = given.get("band", "")
    return Wanted(number("commitment"), band if band in ("likely", "maybe") else "", number("source"), number("days"))


@dataclass(frozen=True)
class Card:
    """One suggestion as it is shown."""

    suggestion: Suggestion
    title: list[Piece]
    summary: list[Piece]
    copies: list[Item]
    stance: str
    act: str
    tier: str
    shares: list[tuple[str, float]]


def inbox(wanted: Wanted, now: datetime) -> list[Suggestion]:
    rows = Suggestion.objects.waiting(now).narrowed(
        commitment=wanted.commitment, band=wanted.band, source=wanted.source, since=wanted.since(now)
    )
    return list(rows.select_related("commitment", "story", "item__source").likeliest_first()[:LISTED])


def card(suggestion: Suggestion) -> Card:
    item, hits = suggestion.item, suggestion.reason.get("hits", [])
    text = preparing.opening_of(item.text) if item else ""
    stance, act = proposing.propose(item.title if item else "", text, suggestion.setback)
    shares = sorted(suggestion.reason.get("shares", {}).items(), key=lambda pair: -abs(pair[1]))
    return Card(
        suggestion=suggestion,
        title=marking.pieces(item.title, hits, "title") if item else [Piece(suggestion.story.title)],
        summary=marking.pieces(text, hits, "summary"),
        copies=[place.item for place in suggestion.story.places.all() if item is None or place.item_id != item.pk],
        stance=stance,
        act=act,
        tier=suggestion.proposed_tier,
        shares=shares[:_SHARES],
    )


def neighbours(rows: list[Suggestion], pk: int) -> tuple[int | None, int | None]:
    """The cards before and after one in the list."""
    ids = [row.pk for row in rows]
    if pk not in ids:
        return None, (ids[0] if ids else None)
    at = ids.index(pk)
    return (ids[at - 1] if at else None), (ids[at + 1] if at + 1 < len(ids) else None)


def choices() -> dict[str, Any]:
    """Commitments and sources for the filters."""
    return {
        "commitments": list(Commitment.objects.watched().only("pk", "ref", "title").order_by("ref")),
        "sources": list(Source.objects.only("pk", "title").order_by("title")),
        "ages": AGES,
    }


def precision(start: datetime) -> list[dict[str, Any]]:
    """Right and wrong suggestions per commitment; those to tighten are marked."""
    rows = []
    for row in Suggestion.objects.precision(start):
        decided = row["accepted"] + row["dismissed"]
        share = row["accepted"] / decided if decided else None
        by_query = row["by_query_accepted"] / row["by_query"] if row["by_query"] else None
        loose = {"tighten": _loose(decided, share), "tighten_query": _loose(row["by_query"], by_query)}
        rows.append({**row, "decided": decided, "share": share, "query_share": by_query, **loose})
    return sorted(
        rows,
        key=lambda row: (not row["tighten"], not row["tighten_query"], row["share"] if row["share"] is not None else 2),
    )


def _loose(decided: int, share: float | None) -> bool:
    return decided >= 5 and share is not None and share < 0.5
