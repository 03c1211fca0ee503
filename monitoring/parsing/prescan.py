"""A cheap look at a document before the expensive one: shapes that no honest feed has are refused."""

from __future__ import annotations

import re
from xml.parsers import expat

MOST_ATTRIBUTES = 256
MOST_DEPTH = 100
MOST_ENTITIES = 300
LONGEST_ENTITY = 64
_LONG_TAG = re.compile(rb"<[a-zA-Z][^<]{6000,}")


class TooOdd(Exception):
    """Refused before parsing; the text says why."""


class _Scan:
    def __init__(self) -> None:
        self.depth = 0
        self.entities = 0

    def start(self, _name: str, attributes: list[str]) -> None:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise TooOdd(f"The document nests more than {MOST_DEPTH} levels deep: not read.")
        if len(attributes) > 2 * MOST_ATTRIBUTES:
            raise TooOdd(f"A tag has more than {MOST_ATTRIBUTES} attributes: not read.")

    def end(self, _name: str) -> None:
        self.depth -= 1

    def entity(self, _name: str, parameter: int, value: str | None, *_rest: object) -> None:
        self.entities += 1
        if value is None and not parameter:
            raise TooOdd("The document asks to read another file (an external entity): not read.")
        if self.entities > MOST_ENTITIES or len(value or "") > LONGEST_ENTITY or "&" in (value or "")[:-1]:
            raise TooOdd("The document declares entities that no feed needs: not read.")


def check(body: bytes) -> None:
    """Raises TooOdd. A document that is not well-formed is looked at as far as it goes, then by its long tags."""
    scan = _Scan()
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.StartElementHandler = scan.start
    parser.EndElementHandler = scan.end
    parser.EntityDeclHandler = scan.entity
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError):
        _check_long_tags(body)


def _check_long_tags(body: bytes) -> None:
    for tag in _LONG_TAG.finditer(body):
        if tag.group().count(b"=") > MOST_ATTRIBUTES and _looks_like_attributes(tag.group()):
            raise TooOdd(f"A tag has more than {MOST_ATTRIBUTES} attributes: not read.")


def _looks_like_attributes(tag: bytes) -> bool:
    inside = tag.partition(b">")[0]
    return inside.count(b"=") > MOST_ATTRIBUTES
