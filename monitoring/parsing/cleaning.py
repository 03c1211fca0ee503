"""Text and HTML from strangers, made harmless. Titles are text; summaries keep a dozen tags and absolute links."""

from __future__ import annotations

import html
import re
import threading
from urllib.parse import urljoin, urlsplit

import nh3

_ABSOLUTE = ("https://", "http://")
TAGS = {"a", "b", "blockquote", "br", "code", "em", "i", "li", "ol", "p", "strong", "ul"}
DROPPED_WITH_CONTENT = {"script", "style", "iframe", "object", "noscript", "template", "svg", "math", "title"}
_STRIPPER = nh3.Cleaner(tags=set(), clean_content_tags=DROPPED_WITH_CONTENT)
_BREAKS = re.compile(r"<(?:br|/p|/div|/li|/h[1-6]|/tr|/td|/th|/blockquote|p|div|li)\b", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")
_NOT_STORABLE = re.compile(r"[\x00\ud800-\udfff]")
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")


def _bare(text: str) -> str:
    """Without control and direction characters; a text that is printable throughout has none."""
    return text if text.isprintable() else _CONTROLS.sub("", text)


def one_line(text: str, longest: int = 0) -> str:
    """White space folded, control and direction characters taken out."""
    line = " ".join(_bare(text).split())
    return line if not longest or len(line) <= longest else line[: longest - 1].rstrip() + "…"


def plain_text(markup: str, longest: int = 0) -> str:
    """The words of a piece of HTML on one line, tags and scripts gone, entities resolved."""
    spaced = _BREAKS.sub(r" \g<0>", _bare(markup))
    stripped = _STRIPPER.clean(spaced)
    return one_line(html.unescape(stripped), longest)


def title_text(title: str, *, is_html: bool, longest: int = 0) -> str:
    """A title as text: markup is read as markup only where the document says or shows that it is."""
    if is_html and _MARKUP.search(title):
        return plain_text(title, longest)
    return one_line(title, longest)


def web_link(address: str, base: str = "") -> str:
    """The address made absolute, if it is http or https with a host; else empty."""
    address = address.strip()
    if not address:
        return ""
    try:
        joined = urljoin(base, address) if base and not address.startswith(_ABSOLUTE) else address
        parts = urlsplit(joined)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host or len(joined) > 2048:
        return ""
    return _bare(joined).replace(" ", "%20").replace('"', "%22")


def safe_html(markup: str, base: str = "") -> str:
    """HTML with the short allow-list: no attribute but href, and of those only absolute http(s)."""
    _here.base = base
    return _CLEANER.clean(_bare(markup)).strip()


def _keep(tag: str, name: str, value: str) -> str | None:
    if (tag, name) == ("a", "rel"):
        return value  # ours: nh3 sets it
    return (web_link(value, _here.base) or None) if (tag, name) == ("a", "href") else None


_here = threading.local()  # the cleaner is made once, for making it costs more than cleaning; the base changes
_CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=DROPPED_WITH_CONTENT,
    attributes={"a": {"href"}},
    attribute_filter=_keep,
    url_schemes={"http", "https"},
    link_rel="nofollow noopener noreferrer",
    strip_comments=True,
)


def as_html(text: str) -> str:
    """Lines of plain text as a list."""
    return "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines())


def storable(text: str) -> str:
    """As it came, but for the characters that no database takes."""
    return text if text.isprintable() else _NOT_STORABLE.sub("", text)
