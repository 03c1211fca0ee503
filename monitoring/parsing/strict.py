"""The fast way: well-formed RSS 2.0 and Atom 1.0 in a narrow profile, read with expat in this very process.

It fills in the fields that feedparser would fill in, and hands them to the same code; what is out of its profile it
refuses, and feedparser reads that in the child (which tries this way first, for documents of any length). That both
agree is proved on made-up feeds and mutants (`make fuzz`). It is safe here because it is linear in the size of the
document, and gives up at the first thing that it does not expect: a document type, an attribute, an element, a level
too many.
"""

from __future__ import annotations

import re
import sys
from xml.parsers import expat

from monitoring.parsing import fields, hints, values
from monitoring.parsing.filling import Filling
from monitoring.parsing.profile import DOCUMENT, Place
from monitoring.parsing.shapes import MOST_ENTRIES, Job, Kind, Parsed
from monitoring.parsing.values import Refused

MOST_BYTES = 1_000_000  # a longer one is read where time and memory have limits
_DECLARATION = re.compile(
    rb"<\?xml version=[\"']1\.0[\"'](?: encoding=[\"']utf-8[\"'])?(?: standalone=[\"'](?:yes|no)[\"'])?\s?\?>",
    re.IGNORECASE,
)
_ROOT = re.compile(rb"<(?:rss|feed)[\s>]")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)


def read(job: Job, *, at_length: bool = False) -> Parsed | None:
    """None: not in the profile, somebody else's work. `at_length`: only where time and memory have limits."""
    body = job.body.removeprefix(b"\xef\xbb\xbf")
    is_short = at_length or len(body) <= MOST_BYTES
    if job.kind is not Kind.FEED or not is_short or not _begins_well(body, job.content_type):
        return None
    reader = _Reader(sys.maxsize if at_length else MOST_ENTRIES)
    try:
        reader.parse(body)
        entries, notes = fields.entries_of(reader.entries, job.address)
        return hints.parsed_feed(reader.feed, reader.version, job.body, entries, notes) if entries else None
    except (Refused, expat.ExpatError):
        return None


def _begins_well(body: bytes, content_type: str) -> bool:
    """UTF-8 by every account, and nothing before the root but processing instructions."""
    charset = _CHARSET.search(content_type)
    if charset and charset.group(1).lower() != "utf-8":
        return False
    declared = _DECLARATION.match(body)
    start = declared.end() if declared else 0
    root = _ROOT.search(body, start, start + 2_000)
    between = body[start : root.start()].strip() if root else b"<!"
    if between and (not declared or not between.startswith(b"<?xml-stylesheet ")):
        return False
    return not (b"<!" in between or b"encoding" in between or b">" in between[:-1])


class _Reader(Filling):
    """Walks the document along its profile."""

    def __init__(self, most_entries: int) -> None:
        super().__init__(most_entries)
        self._places: list[Place] = [DOCUMENT]
        self._seen: list[set[str]] = [set()]
        self._pieces: list[str] = []
        self._prefixed: set[str] = set()

    def parse(self, body: bytes) -> None:
        parser = expat.ParserCreate("utf-8")
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse
        parser.Parse(body, True)
        if not self.prefixes.issuperset(name.partition(":")[0] for name in self._prefixed):
            raise Refused

    def _refuse(self, *_about: object) -> None:
        raise Refused

    def _start(self, name: str, attributes: list[str]) -> None:
        place = self._places[-1].children.get(name)
        if place is None or not (place.is_often or self._is_first(name)):
            raise Refused
        self.attributes = dict(zip(attributes[::2], attributes[1::2], strict=True)) if attributes else {}
        if attributes and not place.attributes.issuperset(self.attributes):
            raise Refused
        if ":" in name:
            self._prefixed.add(name)
        self._places.append(place)
        self._pieces = []
        if not place.is_text:
            self._seen.append(set())
            if place.take:
                getattr(self, f"begin_{place.take}")()

    def _is_first(self, name: str) -> bool:
        seen = self._seen[-1]
        known = name in seen
        seen.add(name)
        return not known

    def _text(self, text: str) -> None:
        if self._places[-1].is_text:
            self._pieces.append(text)
        elif not text.isspace():
            raise Refused

    def _end(self, _name: str) -> None:
        place = self._places.pop()
        if not place.is_text:
            self._seen.pop()
            if place.has_end:
                getattr(self, f"end_{place.take}")()
        elif place.take:
            getattr(self, f"take_{place.take}")(values.words(self._pieces))
