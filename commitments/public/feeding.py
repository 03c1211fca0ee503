"""Feeds of changes: Atom (RFC 4287, paged after RFC 5005) and JSON Feed 1.1, from the same entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import urlsplit

from commitments.public import dating
from commitments.public.charts.drawing import element
from commitments.public.shapes import Change

# The day part of the tag: addresses that name our entries for ever (RFC 4151).
TAG_YEAR = "2026"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
# A character that XML 1.0 cannot hold is dropped.
FORBIDDEN = {code: None for code in range(32) if code not in (9, 10, 13)} | {0xFFFE: None, 0xFFFF: None}


@dataclass(frozen=True)
class Channel:
    """A feed as such: what it is about, its own address, its page, the next older part of it if there is one."""

    title: str
    address: str
    page: str
    site: str
    site_url: str
    older: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.site_url).hostname or "localhost"

    def tag(self, name: str) -> str:
        return f"tag:{self.host},{TAG_YEAR}:{name}"


def headline(change: Change) -> str:
    """“A bigger office: stalled or paused”, with what kind of entry it is where it is not a plain change."""
    kind = {"correction": " (correction)", "review": " (checked, unchanged)"}.get(change.kind, "")
    return f"{change.title}: {change.label.lower()}{kind}"


def body(change: Change) -> str:
    moved = f"From “{change.from_label}” to “{change.label}”. " if change.kind == "update" and change.from_label else ""
    fixed = f"Corrects entry {change.corrects}. " if change.corrects else ""
    return f"{fixed}{moved}{change.reason} In force since {dating.day(change.effective_on)}."


def atom(channel: Channel, changes: Sequence[Change]) -> str:
    updated = max((change.recorded_at for change in changes), default=datetime(2025, 1, 1, tzinfo=UTC))
    head = [
        _text("title", channel.title),
        _text("id", channel.tag(f"feed:{urlsplit(channel.address).path}")),
        _text("updated", _stamp(updated)),
        element("author", _text("name", channel.site)),
        _text("rights", f"CC BY 4.0 {LICENCE}"),
        element("link", rel="self", type="application/atom+xml", href=channel.address),
        element("link", rel="alternate", type="text/html", href=channel.page),
    ]
    if channel.older:
        head.append(element("link", rel="next", type="application/atom+xml", href=channel.older))
    entries = [_entry(channel, change) for change in changes]
    feed = element("feed", *head, *entries, xmlns="http://www.w3.org/2005/Atom", **{"xml:lang": "en-GB"})
    return f'<?xml version="1.0" encoding="utf-8"?>\n{feed}\n'


def _entry(channel: Channel, change: Change) -> str:
    return element(
        "entry",
        _text("title", headline(change)),
        _text("id", channel.tag(f"change:{change.sequence}")),
        _text("published", _stamp(change.recorded_at)),
        _text("updated", _stamp(change.recorded_at)),
        element("link", rel="alternate", type="text/html", href=change.permalink(channel.site_url)),
        *(element("category", term=term, label=label) for term, label in categories(change)),
        _text("summary", body(change)),
    )


def categories(change: Change) -> list[tuple[str, str]]:
    """Kind of entry, then status; corrections can be told apart by the first."""
    return [(change.kind, change.kind_label), (change.status, change.label)]


def json_feed(channel: Channel, changes: Sequence[Change]) -> dict[str, Any]:
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.page,
        "feed_url": channel.address,
        "language": "en-GB",
        "authors": [{"name": channel.site, "url": f"{channel.site_url}/"}],
        "items": [
            {
                "id": channel.tag(f"change:{change.sequence}"),
                "url": change.permalink(channel.site_url),
                "title": headline(change),
                "content_text": body(change),
                "date_published": _stamp(change.recorded_at),
                "date_modified": _stamp(change.recorded_at),
                "tags": [term for term, _ in categories(change)],
            }
            for change in changes
        ],
    }
    if channel.older:
        feed["next_url"] = channel.older
    return feed


def _text(name: str, said: str) -> str:
    return element(name, escape(said.translate(FORBIDDEN), quote=False) or " ")


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
