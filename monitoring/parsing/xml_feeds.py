"""RSS, Atom and RDF through feedparser, without its own cleaning (ours is nh3, and only for what is new)."""

from __future__ import annotations

import io
import re
from typing import Any

import feedparser

from monitoring.parsing import fields, hints
from monitoring.parsing.cleaning import one_line
from monitoring.parsing.shapes import Parsed


def read(body: bytes, address: str, content_type: str) -> Parsed:
    headers = {"content-type": _as_xml(content_type)}
    found = feedparser.parse(
        io.BytesIO(body), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
    )
    if not found.version and not found.entries:
        return Parsed(error="This is no feed: neither RSS, Atom, RDF nor JSON Feed." + _why(found))
    entries, notes = fields.entries_of(found.entries, address)
    if found.bozo and not entries:
        return Parsed(error="The feed breaks off before its first entry." + _why(found))
    if found.entries and not entries:
        return Parsed(error=f"None of the {len(found.entries)} entries can be read. {notes[0]}")
    if found.bozo and (why := _why(found)):
        notes.insert(0, f"Not well-formed, read as far as it could be.{why}")
    return hints.parsed_feed(found.feed, found.version, body, entries, notes)


def _as_xml(content_type: str) -> str:
    """Feeds come as text/html, text/plain and worse; only the charset of the header is worth something."""
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", content_type, re.IGNORECASE)
    return f"application/xml; charset={charset.group(1)}" if charset else "application/xml"


def _why(found: Any) -> str:
    problem = found.get("bozo_exception")
    kind = type(problem).__name__
    if problem is None or kind in {"CharacterEncodingOverride", "NonXMLContentType"}:
        return ""
    return f" ({one_line(str(problem), 200)})"
