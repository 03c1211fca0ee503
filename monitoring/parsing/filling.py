"""Elements to fields, step by step what feedparser does with them; the names of the methods are those of the profile.

`begin_…` comes with an element's attributes, `take_…` with its text, `end_…` after its last child.
"""

from __future__ import annotations

import re
from typing import Any

from monitoring.parsing import values
from monitoring.parsing.profile import ATOM, NAMESPACES
from monitoring.parsing.values import Refused

_QUERY = re.compile("&([A-Za-z0-9_]+);")
_HTML_LINKS = {"text/html", "application/xhtml+xml"}


class Filling:
    def __init__(self, most_entries: int) -> None:
        self._most_entries = most_entries
        self.version = ""
        self.feed: dict[str, Any] = {}
        self.entries: list[dict[str, Any]] = []
        self.here = self.feed  # the feed's fields, or those of the entry that is being read
        self.attributes: dict[str, str] = {}
        self.prefixes: set[str] = set()
        self._person: dict[str, str] = {}

    def begin_rss(self) -> None:
        if self.attributes.pop("version", "") != "2.0":
            raise Refused
        self.version = "rss20"
        self._declare()

    def begin_feed(self) -> None:
        if self.attributes.pop("xmlns", "") != ATOM:
            raise Refused
        self.attributes.pop("xml:lang", None)
        self.version = "atom10"
        self._declare()

    def _declare(self) -> None:
        if any(NAMESPACES[name] != uri for name, uri in self.attributes.items()):
            raise Refused
        self.prefixes = {name.removeprefix("xmlns:") for name in self.attributes}

    def begin_entry(self) -> None:
        if len(self.entries) == self._most_entries:
            raise Refused
        self.here = {}
        self.entries.append(self.here)

    def end_entry(self) -> None:
        self.here = self.feed

    def take_title(self, text: str) -> None:
        is_atom = self.version == "atom10"
        kind = values.stated_kind(self.attributes.get("type")) if is_atom else values.kind_of_title(text)
        self.here["title"], self.here["title_detail"] = text, {"type": kind}

    def take_link_text(self, text: str) -> None:
        link = values.address(text)
        if self.here is not self.feed:
            link = link.replace("&amp;", "&")
        link = _QUERY.sub(r"&\1", link)
        self.here["link"] = link
        self._links().append({"rel": "alternate", "href": link})

    def begin_link(self) -> None:
        rel = self.attributes.get("rel", "alternate").lower()
        kind = self.attributes.get("type", "application/atom+xml" if rel == "self" else "text/html").lower()
        href = values.address(self.attributes.get("href", ""))
        self._links().append({"rel": rel, "href": href})
        if rel == "alternate" and kind in _HTML_LINKS:
            self.here["link"] = href

    def begin_enclosure(self) -> None:
        self._links().append({"rel": "enclosure"})

    def _links(self) -> list[dict[str, str]]:
        links: list[dict[str, str]] = self.here.setdefault("links", [])
        return links

    def take_id(self, text: str) -> None:
        """An id that is an address stands in for a link that is missing."""
        is_link = self.attributes.get("isPermaLink", "true") == "true"
        if not text:
            raise Refused
        self.here["id"] = values.address(text) if is_link else text
        self.here.setdefault("guidislink", is_link and "link" not in self.here)
        if is_link:
            self.here.setdefault("link", text)

    def take_published(self, text: str) -> None:
        self.here["published_parsed"] = values.date(text)

    def take_updated(self, text: str) -> None:
        self.here["updated_parsed"] = values.date(text)

    def take_any_date(self, text: str) -> None:
        values.date(text)

    def take_description(self, text: str) -> None:
        self.here["summary"], self.here["summary_detail"] = text, {"type": "text/html"}

    def take_summary(self, text: str) -> None:
        kind = values.stated_kind(self.attributes.get("type"))
        self.here["summary"], self.here["summary_detail"] = text, {"type": kind}

    def take_content_encoded(self, text: str) -> None:
        self._add_content("text/html", text)

    def take_content(self, text: str) -> None:
        self._add_content(values.stated_kind(self.attributes.get("type")), text)

    def _add_content(self, kind: str, text: str) -> None:
        self.here["content"] = [{"type": kind, "value": text}]
        self.here.setdefault("summary", text)

    def take_author_text(self, text: str) -> None:
        self.here["author"] = text

    def begin_author(self) -> None:
        self._person = {}

    def take_person_name(self, text: str) -> None:
        self._person["name"] = text

    def take_person_email(self, text: str) -> None:
        self._person["email"] = text

    def end_author(self) -> None:
        name, email = self._person.get("name", ""), self._person.get("email", "")
        self.here["author"] = f"{name} ({email})" if name and email else name or email

    def take_source(self, text: str) -> None:
        self.here["source"] = {"title": text}

    def take_source_title(self, text: str) -> None:
        self.take_stated(text)
        self.take_source(text)

    def take_stated(self, _text: str) -> None:
        """Not read, but its kind decides how feedparser goes on."""
        values.stated_kind(self.attributes.get("type"))

    def take_ttl(self, text: str) -> None:
        self.feed["ttl"] = text

    def take_sy_updateperiod(self, text: str) -> None:
        self.feed["sy_updateperiod"] = text

    def take_sy_updatefrequency(self, text: str) -> None:
        self.feed["sy_updatefrequency"] = text
