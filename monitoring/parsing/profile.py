"""What the strict reader takes: which element may stand where, with which attributes, how often. Nothing else.

Names are as written, with the usual prefixes; a feed that binds a prefix to anything else is left to feedparser.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NAMESPACES = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:georss": "http://www.georss.org/georss",
    "xmlns:media": "http://search.yahoo.com/mrss/",
    "xmlns:slash": "http://purl.org/rss/1.0/modules/slash/",
    "xmlns:sy": "http://purl.org/rss/1.0/modules/syndication/",
    "xmlns:wfw": "http://wellformedweb.org/commentAPI/",
}
ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Place:
    """One element where it may stand. `take` names the field that it fills; empty when nothing of it is read."""

    take: str = ""
    attributes: frozenset[str] = frozenset()
    children: Mapping[str, Place] = field(default_factory=dict)
    is_text: bool = True
    is_often: bool = False

    @property
    def has_end(self) -> bool:
        return self.take in {"entry", "author"}


def _text(take: str = "", *attributes: str, often: bool = False) -> Place:
    return Place(take, frozenset(attributes), is_often=often)


def _holder(take: str, children: Mapping[str, Place], *attributes: str, often: bool = False) -> Place:
    """An element for its children's sake: between them nothing may stand but white space."""
    return Place(take, frozenset(attributes), children, is_text=False, is_often=often)


_LINK = _holder("link", {}, "href", "rel", "type", "title", "hreflang", "length", often=True)
_LINK_UNREAD = _holder("", {}, "href", "rel", "type", often=True)
_PICTURE = ("url", "width", "height", "type", "medium", "fileSize", "isDefault")

_ITEM = {
    "title": _text("title"),
    "link": _text("link_text"),
    "guid": _text("id", "isPermaLink"),
    "pubDate": _text("published"),
    "dc:date": _text("updated"),
    "description": _text("description"),
    "content:encoded": _text("content_encoded"),
    "author": _text("author_text", often=True),
    "dc:creator": _text("author_text", often=True),
    "source": _text("source", "url"),
    "enclosure": _holder("enclosure", {}, "url", "length", "type", often=True),
    "category": _text("", "domain", often=True),
    "dc:subject": _text(often=True),
    "comments": _text(),
    "slash:comments": _text(),
    "wfw:commentRss": _text(),
    "media:content": _holder("", {"media:credit": _text("", "scheme", often=True)}, *_PICTURE, often=True),
    "media:thumbnail": _holder("", {}, *_PICTURE, often=True),
}
_IMAGE = {name: _text() for name in ("url", "title", "link", "width", "height", "description")}
_CHANNEL = {
    "title": _text("title"),
    "link": _text("link_text"),
    "atom:link": _LINK,
    "description": _text(),
    "language": _text(),
    "pubDate": _text("any_date"),
    "lastBuildDate": _text("any_date"),
    "ttl": _text("ttl"),
    "sy:updatePeriod": _text("sy_updateperiod"),
    "sy:updateFrequency": _text("sy_updatefrequency"),
    "skipHours": _holder("", {"hour": _text(often=True)}),
    "skipDays": _holder("", {"day": _text(often=True)}),
    "image": _holder("", _IMAGE),
    "category": _text("", "domain", often=True),
    "copyright": _text(),
    "docs": _text(),
    "generator": _text(),
    "managingEditor": _text(),
    "webMaster": _text(),
    "item": _holder("entry", _ITEM, often=True),
}
_PERSON = {"name": _text("person_name"), "email": _text("person_email"), "uri": _text()}
_AUTHOR = _holder("author", _PERSON, often=True)
_SOURCE = {"title": _text("source_title", "type"), "id": _text(), "updated": _text("any_date"), "link": _LINK_UNREAD}
_ENTRY = {
    "title": _text("title", "type"),
    "link": _LINK,
    "id": _text("id"),
    "published": _text("published"),
    "updated": _text("updated"),
    "summary": _text("summary", "type"),
    "content": _text("content", "type"),
    "author": _AUTHOR,
    "category": _holder("", {}, "term", "scheme", "label", often=True),
    "rights": _text("stated", "type"),
    "source": _holder("", _SOURCE),
}
_FEED = {
    "title": _text("title", "type"),
    "subtitle": _text("stated", "type"),
    "link": _LINK,
    "id": _text("id"),
    "updated": _text("any_date"),
    "author": _AUTHOR,
    "category": _holder("", {}, "term", "scheme", "label", often=True),
    "generator": _text("", "uri", "version"),
    "icon": _text(),
    "logo": _text(),
    "rights": _text("stated", "type"),
    "entry": _holder("entry", _ENTRY, often=True),
}
DOCUMENT = _holder(
    "",
    {
        "rss": _holder("rss", {"channel": _holder("", _CHANNEL)}, "version", *NAMESPACES),
        "feed": _holder("feed", _FEED, "xmlns", "xml:lang", *NAMESPACES),
    },
)
