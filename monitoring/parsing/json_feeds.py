"""JSON Feed 1.0 and 1.1."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import Any

from monitoring.parsing.cleaning import one_line, web_link
from monitoring.parsing.shapes import LONGEST_RAW, LONGEST_TITLE, Entry, Parsed


def is_one(document: Any) -> bool:
    return isinstance(document, dict) and "jsonfeed.org/version" in str(document.get("version", ""))


def read(document: dict[str, Any], address: str) -> Parsed:
    items = document.get("items")
    if not isinstance(items, list):
        return Parsed(error="The JSON Feed has no list of items.")
    entries = [_entry(item, address) for item in items if isinstance(item, dict)]
    kept = tuple(entry for entry in entries if entry.guid or entry.link or entry.title or entry.html)
    left_out = len(items) - len(kept)
    if items and not kept:
        return Parsed(error=f"None of the {len(items)} items of the JSON Feed can be read.")
    notes = (f"{left_out} items are empty or no objects and are left out.",) if left_out else ()
    hubs = document.get("hubs")
    hub = hubs[0].get("url") if isinstance(hubs, list) and hubs and isinstance(hubs[0], dict) else ""
    return Parsed(
        format="JSON Feed",
        title=one_line(_text(document.get("title")), LONGEST_TITLE),
        site=web_link(_text(document.get("home_page_url"))),
        entries=kept,
        notes=notes,
        hub=web_link(_text(hub)),
        topic=web_link(_text(document.get("feed_url"))),
    )


def _entry(item: dict[str, Any], address: str) -> Entry:
    markup = _text(item.get("content_html")) or html.escape(_text(item.get("content_text")), quote=False)
    summary = html.escape(_text(item.get("summary")), quote=False)
    title = one_line(_text(item.get("title")), LONGEST_TITLE)
    return Entry(
        guid=one_line(_text(item.get("id")), 2_000),
        link=web_link(_text(item.get("url")) or _text(item.get("external_url")), address),
        title=title or one_line(_text(item.get("content_text")) or _text(item.get("summary")), 120),
        html=(summary or markup)[:LONGEST_RAW],
        content=markup[:LONGEST_RAW] if summary and markup else "",
        base=address,
        stamp=stamp(item.get("date_published")) or stamp(item.get("date_modified")),
        author=one_line(_author(item), 200),
    )


def _author(item: dict[str, Any]) -> str:
    authors = item.get("authors") or [item.get("author")]
    first = authors[0] if isinstance(authors, list) and authors else None
    return _text(first.get("name")) if isinstance(first, dict) else ""


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def stamp(value: Any) -> float | None:
    """POSIX seconds of an RFC 3339 date; a date without zone is taken as UTC."""
    try:
        moment = datetime.fromisoformat(_text(value).strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
