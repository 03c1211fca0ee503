"""Lists of sources as OPML. Pure: text in, entries and refusals out, and back.

What OPML has no words for (tier, publisher …) is kept in attributes of a namespace of our own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from commitments.status import Tier
from monitoring.models.sources import SourceKind
from monitoring.parsing import web_link

NAMESPACE = "urn:commitment-tracker:sources"
LONGEST = 5_000_000


@dataclass(frozen=True, slots=True)
class Outline:
    """One source as a list has it."""

    address: str
    title: str
    site: str = ""
    publisher: str = ""
    tier: str = Tier.T3.value
    kind: str = SourceKind.FEED.value
    selector: str = ""
    not_before_on: date | None = None
    check_every: int | None = None
    notes: str = ""
    folder: str = ""


@dataclass(slots=True)
class Reading:
    """`refused` holds a sentence for each entry that cannot be used."""

    outlines: list[Outline] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class NotOpml(Exception):
    """The file as a whole cannot be read; the text says why."""


def read(text: bytes) -> Reading:
    """Folders of any depth; raises NotOpml. One bad entry costs no other."""
    if len(text) > LONGEST:
        raise NotOpml(f"The file is larger than {LONGEST // 1_000_000} MB: no list of sources is.")
    if b"<!DOCTYPE" in text[:10_000].upper() or b"<!ENTITY" in text.upper():
        raise NotOpml("The file declares a document type, which no list of sources needs: not read.")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise NotOpml(f"The file is not well-formed: {error}. Nothing was imported.") from None
    if root.tag.lower() != "opml":
        raise NotOpml(f"The file is no OPML: it begins with <{root.tag[:40]}>. Nothing was imported.")
    reading, seen = Reading(), set[str]()
    todo = [(child, "") for child in reversed(root.findall("./body/outline"))]
    while todo:
        element, folder = todo.pop()
        below = folder
        if address := (element.get("xmlUrl") or element.get("xmlurl") or element.get("XMLURL") or "").strip():
            _take(element, address, folder, seen, reading)
        else:
            below = " / ".join(filter(None, (folder, _name(element))))
            if not len(element):
                reading.refused.append(f"“{_name(element) or 'an entry without name'}” has no address (xmlUrl).")
        todo.extend((child, below) for child in reversed(element.findall("outline")))
    return reading


def _take(element: ElementTree.Element, address: str, folder: str, seen: set[str], reading: Reading) -> None:
    name = _name(element) or address
    if not web_link(address):
        reading.refused.append(f"“{name}”: {address[:200]} is no address on the web (http or https).")
        return
    if address in seen:
        reading.refused.append(f"“{name}”: {address[:200]} is in the file twice; the first counts.")
        return
    seen.add(address)
    try:
        reading.outlines.append(_outline(element, address, name, folder))
    except ValueError as wrong:
        reading.refused.append(f"“{name}”: {wrong}.")


def _outline(element: ElementTree.Element, address: str, name: str, folder: str) -> Outline:
    own = {key.partition("}")[2]: value for key, value in element.attrib.items() if key.startswith(f"{{{NAMESPACE}}}")}
    day, every = own.get("notBefore", ""), own.get("checkEvery", "")
    if every and not every.isdecimal():
        raise ValueError(f"checkEvery is “{every}”, which is no number of minutes")
    return Outline(
        address=address,
        title=name[:300],
        site=web_link(element.get("htmlUrl") or ""),
        publisher=own.get("publisher", "")[:200],
        tier=_one_of(own.get("tier", Tier.T3.value), Tier.values, "tier"),
        kind=_one_of(own.get("kind", SourceKind.FEED.value), SourceKind.values, "kind"),
        selector=own.get("selector", "")[:300],
        not_before_on=date.fromisoformat(day) if day else None,
        check_every=int(every) if every else None,
        notes=own.get("notes", ""),
        folder=folder,
    )


def _one_of(value: str, known: Iterable[str], what: str) -> str:
    if value not in known:
        raise ValueError(f"{what} is “{value}”; known are {', '.join(known)}")
    return value


def _name(element: ElementTree.Element) -> str:
    return " ".join((element.get("title") or element.get("text") or "").split())


def write(outlines: Iterable[Outline], title: str) -> str:
    """A whole OPML 2.0 file, an entry a line."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<opml version="2.0" xmlns:tracker="{NAMESPACE}">',
        f"  <head><title>{escape(title)}</title></head>",
        "  <body>",
    ]
    lines += [f"    <outline {_attributes(one)}/>" for one in outlines]
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def _attributes(one: Outline) -> str:
    values = {
        "type": "rss" if one.kind == SourceKind.FEED else "link",
        "text": one.title,
        "title": one.title,
        "xmlUrl": one.address,
        "htmlUrl": one.site,
        "tracker:publisher": one.publisher,
        "tracker:tier": one.tier,
        "tracker:kind": one.kind,
        "tracker:selector": one.selector,
        "tracker:notBefore": one.not_before_on.isoformat() if one.not_before_on else "",
        "tracker:checkEvery": str(one.check_every or ""),
        "tracker:notes": one.notes,
    }
    return " ".join(f"{name}={quoteattr(value)}" for name, value in values.items() if value)
