"""From a feed's fields, named as feedparser names them, to entries. The strict reader fills in the same fields."""

from __future__ import annotations

import calendar
from typing import Any

from monitoring.parsing.cleaning import one_line, plain_text, title_text, web_link
from monitoring.parsing.shapes import LONGEST_RAW, LONGEST_TITLE, Entry

_HTML = {"text/html", "application/xhtml+xml"}


def entries_of(raw: list[Any], address: str) -> tuple[list[Entry], list[str]]:
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
