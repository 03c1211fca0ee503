"""Pages of GOV.UK as its content API tells them: every public change note is an entry."""

from __future__ import annotations

import html
from typing import Any
from urllib.parse import urljoin

from monitoring.parsing.cleaning import one_line, plain_text
from monitoring.parsing.json_feeds import stamp
from monitoring.parsing.shapes import LONGEST_RAW, LONGEST_TITLE, Entry, Parsed

SITE = "https://www.gov.uk"


def is_one(document: Any) -> bool:
    return isinstance(document, dict) and {"content_id", "base_path", "title"} <= set(document)


def read(document: dict[str, Any]) -> Parsed:
    details = document.get("details") if isinstance(document.get("details"), dict) else {}
    assert isinstance(details, dict)
    history = details.get("change_history")
    changes = [one for one in history if isinstance(one, dict)] if isinstance(history, list) else []
    entries = [_change(document, details, change) for change in changes] or [_page(document, details)]
    return Parsed(
        format="GOV.UK content API",
        title=one_line(str(document.get("title") or ""), LONGEST_TITLE),
        site=_address(document),
        entries=(*entries, *_children(document)),
    )


def _address(document: dict[str, Any]) -> str:
    return urljoin(SITE, str(document.get("base_path") or "/"))


def _body(details: dict[str, Any]) -> str:
    body = details.get("body")
    return body[:LONGEST_RAW] if isinstance(body, str) else ""


def _publisher(document: dict[str, Any]) -> str:
    links = document.get("links")
    for one in (links.get("organisations") or []) if isinstance(links, dict) else []:
        if isinstance(one, dict) and one.get("title"):
            return one_line(str(one["title"]), 200)
    return "GOV.UK"


def _change(document: dict[str, Any], details: dict[str, Any], change: dict[str, Any]) -> Entry:
    note, when = str(change.get("note") or ""), str(change.get("public_timestamp") or "")
    title = str(document.get("title") or "")
    return Entry(
        guid=f"{document.get('content_id')}#{when}",
        link=_address(document),
        title=one_line(f"{title}: {note}" if note else title, LONGEST_TITLE),
        html=html.escape(note or str(document.get("description") or ""), quote=False),
        content=_body(details),
        base=SITE,
        stamp=stamp(when),
        publisher=_publisher(document),
    )


def _page(document: dict[str, Any], details: dict[str, Any]) -> Entry:
    when = document.get("public_updated_at") or document.get("first_published_at")
    return Entry(
        guid=f"{document.get('content_id')}#{when or ''}",
        link=_address(document),
        title=one_line(str(document.get("title") or ""), LONGEST_TITLE),
        html=html.escape(str(document.get("description") or plain_text(_body(details), 400)), quote=False),
        content=_body(details),
        base=SITE,
        stamp=stamp(when),
        publisher=_publisher(document),
    )


def _children(document: dict[str, Any]) -> list[Entry]:
    """The documents of a collection: a new one is news."""
    links = document.get("links")
    children = links.get("documents") if isinstance(links, dict) else None
    return [
        Entry(
            guid=str(one.get("content_id") or ""),
            link=_address(one),
            title=one_line(str(one.get("title") or ""), LONGEST_TITLE),
            html=html.escape(str(one.get("description") or ""), quote=False),
            base=SITE,
            stamp=stamp(one.get("public_updated_at")),
            publisher=_publisher(document),
        )
        for one in children or []
        if isinstance(one, dict) and one.get("base_path")
    ]
