"""RSS, Atom and RDF through feedparser, without its own cleaning (ours is nh3, and only for what is new)."""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import feedparser

from monitoring.parsing.cleaning import one_line, plain_text, title_text, web_link
from monitoring.parsing.shapes import LONGEST_RAW, LONGEST_TITLE, Entry, Parsed

_PERIODS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HTML = {"text/html", "application/xhtml+xml"}
_SKIPPED = re.compile(rb"<skip(Hours|Days)>(.{0,2000}?)</skip\1>", re.DOTALL)
_SKIPPED_ONE = re.compile(rb"<(?:hour|day)>\s*(\w{1,9})\s*</")


def read(body: bytes, address: str, content_type: str) -> Parsed:
    headers = {"content-type": _as_xml(content_type)}
    found = feedparser.parse(
        io.BytesIO(body), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
    )
    if not found.version and not found.entries:
        return Parsed(error="This is no feed: neither RSS, Atom, RDF nor JSON Feed." + _why(found))
    entries, notes = _entries(found.entries, address)
    if found.bozo and not entries:
        return Parsed(error="The feed breaks off before its first entry." + _why(found))
    if found.entries and not entries:
        return Parsed(error=f"None of the {len(found.entries)} entries can be read. {notes[0]}")
    if found.bozo and (why := _why(found)):
        notes.insert(0, f"Not well-formed, read as far as it could be.{why}")
    return _with_hints(found, body, Parsed(entries=tuple(entries), notes=tuple(notes)))


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


def _entries(raw: list[Any], address: str) -> tuple[list[Entry], list[str]]:
    """Each entry by itself: one that cannot be read is told about and costs no other."""
    entries: list[Entry] = []
    notes: list[str] = []
    for number, one in enumerate(raw, start=1):
        try:
            entry = _entry(one, address)
        except (TypeError, ValueError, KeyError, AttributeError, IndexError, RecursionError) as error:
            notes.append(f"Entry {number} cannot be read ({type(error).__name__}) and is left out.")
            continue
        if entry.guid or entry.link or entry.title or entry.html:
            entries.append(entry)
        else:
            notes.append(f"Entry {number} is empty and is left out.")
    return entries, notes


def _entry(one: Any, address: str) -> Entry:
    html, base = _body(one)
    link = _link(one, address)
    detail = one.get("title_detail") or {}
    title = title_text(
        str(one.get("title") or ""), is_html=detail.get("type", "text/html") in _HTML, longest=LONGEST_TITLE
    )
    source = one.get("source") or {}
    return Entry(
        guid=one_line(str(one.get("id") or ""), 2_000),
        link=link,
        title=title or _title_from(html),
        html=html[:LONGEST_RAW],
        content=_content(one, html),
        base=web_link(base, address) or address,
        stamp=_stamp(one),
        author=one_line(str(one.get("author") or ""), 200),
        publisher=one_line(str(source.get("title") or ""), 200),
    )


def _title_from(html: str) -> str:
    """Microblogs have no titles: the first words stand in."""
    return plain_text(html[:2_000], 120)


def _link(one: Any, address: str) -> str:
    """A guid stands in for a link only where it is a whole address."""
    if one.get("guidislink") and not one.get("links"):
        return web_link(str(one.get("link") or ""))
    return web_link(str(one.get("link") or _any_link(one)), address)


def _any_link(one: Any) -> str:
    for link in one.get("links") or []:
        if link.get("href") and link.get("rel", "alternate") == "alternate":
            return str(link["href"])
    return ""


def _body(one: Any) -> tuple[str, str]:
    """The summary, or the first content when there is none; and the base of its relative links."""
    detail = one.get("summary_detail") or {}
    value = str(one.get("summary") or "")
    if not value:
        contents = [part for part in one.get("content") or [] if part.get("value")]
        detail = contents[0] if contents else {}
        value = str(detail.get("value") or "")
    if detail.get("type") == "text/plain":
        value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value, str(detail.get("base") or "")


def _content(one: Any, html: str) -> str:
    """The long text beside the summary, when there is one."""
    longest = max((str(part.get("value") or "") for part in one.get("content") or []), key=len, default="")
    return "" if longest == html else longest[:LONGEST_RAW]


def _stamp(one: Any) -> float | None:
    for name in ("published_parsed", "updated_parsed", "created_parsed"):
        moment = dict.get(one, name)
        if moment:
            try:
                return float(calendar.timegm(moment))
            except (ValueError, OverflowError, TypeError):
                continue
    return None


def _with_hints(found: Any, body: bytes, parsed: Parsed) -> Parsed:
    feed = found.feed
    links = {str(link.get("rel")): str(link.get("href") or "") for link in feed.get("links") or []}
    return Parsed(
        format=found.version or "a feed of no known kind",
        title=title_text(str(feed.get("title") or ""), is_html=True, longest=LONGEST_TITLE),
        site=web_link(str(feed.get("link") or "")),
        entries=parsed.entries,
        notes=parsed.notes,
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
