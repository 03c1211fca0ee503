"""What a feed says of itself: its name and site, how often it wants to be read, who pushes for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from monitoring.parsing.cleaning import title_text, web_link
from monitoring.parsing.shapes import LONGEST_TITLE, Entry, Parsed

_PERIODS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SKIPPED = re.compile(rb"<skip(Hours|Days)>(.{0,2000}?)</skip\1>", re.DOTALL)
_SKIPPED_ONE = re.compile(rb"<(?:hour|day)>\s*(\w{1,9})\s*</")


def parsed_feed(feed: Any, version: str, body: bytes, entries: Sequence[Entry], notes: Sequence[str]) -> Parsed:
    """`feed` holds the fields of the channel, named as feedparser names them."""
    links = {str(link.get("rel")): str(link.get("href") or "") for link in feed.get("links") or []}
    return Parsed(
        format=version or "a feed of no known kind",
        title=title_text(str(feed.get("title") or ""), is_html=True, longest=LONGEST_TITLE),
        site=web_link(str(feed.get("link") or "")),
        entries=tuple(entries),
        notes=tuple(notes),
        floor_seconds=max(_ttl(feed), _period(feed)),
        skip_hours=tuple(sorted(set(_skipped(body, b"Hours", _hour)))),
        skip_days=tuple(sorted(set(_skipped(body, b"Days", _day)))),
        hub=web_link(links.get("hub", "")),
        topic=web_link(links.get("self", "")),
    )


def _ttl(feed: Any) -> int:
    text = str(feed.get("ttl") or "").strip()
    return min(int(text) * 60, _PERIODS["monthly"]) if text.isdecimal() and len(text) < 8 else 0


def _period(feed: Any) -> int:
    period = _PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower(), 0)
    often = str(feed.get("sy_updatefrequency") or "1").strip()
    return period // max(int(often), 1) if often.isdecimal() and len(often) < 6 else period


def _skipped(body: bytes, what: bytes, read_one: Callable[[str], int | None]) -> Iterator[int]:
    for kind, inside in _SKIPPED.findall(body[:200_000]):
        if kind == what:
            for word in _SKIPPED_ONE.findall(inside):
                if (value := read_one(word.decode("ascii", "replace").lower())) is not None:
                    yield value


def _hour(word: str) -> int | None:
    return int(word) % 24 if word.isdecimal() and int(word) <= 24 else None


def _day(word: str) -> int | None:
    return _DAYS.index(word) if word in _DAYS else None
