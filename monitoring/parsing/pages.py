"""Pages without a feed, through bs4: their text line by line, and the feeds they point at."""

from __future__ import annotations

import codecs
import re

from bs4 import BeautifulSoup, Tag
from bs4.dammit import EncodingDetector
from soupsieve import SelectorSyntaxError

from monitoring.parsing.cleaning import one_line, web_link
from monitoring.parsing.shapes import FoundFeed, Parsed

LONGEST_PAGE = 400_000
_FURNITURE = ["script", "style", "noscript", "template", "svg", "iframe", "nav", "header", "footer", "aside", "form"]
_BLOCKS = re.compile(
    r"^(address|article|blockquote|caption|dd|div|dl|dt|figcaption|figure|h[1-6]|hr|li|main|ol|p|pre|section|"
    r"table|tr|ul|br)$"
)
_FEED_TYPES = {
    "application/atom+xml",
    "application/feed+json",
    "application/json",
    "application/rdf+xml",
    "application/rss+xml",
    "application/xml",
    "text/xml",
}
_FEED_LINK = re.compile(
    r"(?:\.(?:rss|atom|rdf)|/(?:feed|rss|atom)(?:\.xml|\.json)?/?|(?:feed|rss|atom)\.xml)(?:\?|$)", re.I
)


def read(body: bytes, address: str, content_type: str, selector: str) -> Parsed:
    """The text of the selected parts, or of the page without its furniture. The caller compares it."""
    soup = _soup(body, content_type)
    title = one_line(soup.title.get_text(" ") if soup.title else "", 500)
    if selector:
        try:
            parts = list(soup.select(selector))
        except (SelectorSyntaxError, NotImplementedError) as error:
            return Parsed(error=f"“{selector}” is no CSS selector: {one_line(str(error), 120)}")
        if not parts:
            return Parsed(error=f"The page has nothing that “{selector}” selects: has it been rebuilt?")
    else:
        main = soup.find("main") or soup.body or soup
        parts = [main] if isinstance(main, Tag) else []
    text = "\n".join(filter(None, (_text(part) for part in parts)))[:LONGEST_PAGE]
    if not text:
        return Parsed(error="The page has no text: it may be made by a script, which is not run.")
    return Parsed(format="page", title=title, site=address, page_text=text)


def discover(body: bytes, address: str, content_type: str) -> Parsed:
    """The feeds a page names in its head, else those its links look like."""
    soup = _soup(body, content_type)
    base_tag = soup.find("base", href=True)
    base = web_link(str(base_tag["href"]), address) if isinstance(base_tag, Tag) else ""
    found: dict[str, str] = {}
    for link in soup.find_all("link", href=True):
        kind = str(link.get("type") or "").partition(";")[0].strip().lower()
        rels = {str(rel).lower() for rel in link.get_attribute_list("rel")}
        if kind in _FEED_TYPES and rels & {"alternate", "feed"}:
            _add(found, web_link(str(link["href"]), base or address), str(link.get("title") or ""))
    if not found:
        for link in soup.find_all("a", href=_FEED_LINK)[:20]:
            _add(found, web_link(str(link["href"]), base or address), link.get_text(" "))
    feeds = tuple(FoundFeed(where, title) for where, title in found.items())
    title = one_line(soup.title.get_text(" ") if soup.title else "", 500)
    return Parsed(format="page", title=title, site=address, feeds=feeds)


def _add(found: dict[str, str], address: str, title: str) -> None:
    if address:
        found.setdefault(address, one_line(title, 200))


def _soup(body: bytes, content_type: str) -> BeautifulSoup:
    return BeautifulSoup(_decoded(body, content_type), "html.parser")


def _decoded(body: bytes, content_type: str) -> str:
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", content_type, re.IGNORECASE)
    stated = charset.group(1) if charset else ""
    for name in (stated, EncodingDetector.find_declared_encoding(body, is_html=True), "utf-8", "cp1252"):
        try:
            if name and codecs.lookup(name)._is_text_encoding:
                return body.decode(name)
        except (LookupError, ValueError):
            continue
    return body.decode("utf-8", "replace")


def _text(part: Tag) -> str:
    """One line a block, words of inline tags kept together."""
    for unwanted in part.find_all(_FURNITURE):
        unwanted.decompose()
    for block in part.find_all(_BLOCKS):
        block.insert_before("\n")
        block.insert_after("\n")
    lines = (one_line(line) for line in part.get_text("").replace("\r", "").split("\n"))
    return "\n".join(line for line in lines if line)
