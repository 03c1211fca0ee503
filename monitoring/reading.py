"""What a text is about, in the matcher's terms: stems, groups of words, bodies, places and numbers.

Reads one text at a time and knows no commitment; comparing a text with commitments is ``comparing``.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from monitoring import lexicon
from monitoring.lexicon import Body
from monitoring.normalising import Word, read_words
from monitoring.phrases import PhraseBook
from monitoring.placing import WordPlaces
from monitoring.querying import BREAK

LONGEST_TITLE = 1_000
LONGEST_SUMMARY = 10_000
_IN_SUMMARY = 0.8
_SURELY = 0.7
"""A body named by a full name or alias, in the title or below it; a weak alias is less."""
_OF_AI = frozenset({"c:ai", "c:language model", "c:compute", "c:ai safety"})
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(bn|tn|k|m|x|st|nd|rd|th)?$")
_SPELT = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "eighteen": 18, "twenty": 20, "thirti": 30, "forti": 40,
    "fifti": 50, "sixti": 60, "seventi": 70, "eighti": 80, "nineti": 90, "twentyfold": 20,
}  # fmt: skip
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "bn": 1e9, "tn": 1e12, "k": 1e3, "m": 1e6}

Span = tuple[int, int]
"""First and last word of a hit, counted over title and summary together."""


@dataclass(frozen=True)
class ItemText:
    """A news item as the matcher reads it."""

    id: str
    title: str
    summary: str = ""
    publisher: str = ""
    published_on: date | None = None


@dataclass(frozen=True)
class CommitmentText:
    """A commitment as the matcher reads it."""

    key: str
    title: str
    description: str = ""
    owed_by: tuple[str, ...] = ()
    sector: str = ""
    query: str = ""
    terms: tuple[str, ...] = ()


@dataclass
class Reading:
    """One text, read. Weights are 1 in the title, .8 in the summary, half of that for a mere hint.

    What few comparisons ask for is worked out when asked.
    """

    title: str
    summary: str
    words: list[Word]
    title_words: int
    units: dict[str, float] = field(default_factory=dict)
    spans: dict[str, list[Span]] = field(default_factory=dict)
    bodies: dict[str, float] = field(default_factory=dict)
    places: dict[str, float] = field(default_factory=dict)
    asides: dict[str, float] = field(default_factory=dict)
    home_and_away: dict[frozenset[str], tuple[float, float]] = field(default_factory=dict)

    @cached_property
    def numbers(self) -> frozenset[float]:
        return frozenset(_numbers(self.words))

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(_names(self))

    @cached_property
    def word_places(self) -> WordPlaces:
        return WordPlaces(self.words)

    @cached_property
    def speaks_of_ai(self) -> bool:
        return not _OF_AI.isdisjoint(self.units) or "OpenAI" in self.bodies

    @cached_property
    def names_a_body(self) -> bool:
        return any(weight >= _SURELY for weight in self.bodies.values())

    def add(self, kind: dict[str, float], name: str, weight: float, key: str, span: Span) -> None:
        share = weight * (1.0 if span[0] < self.title_words else _IN_SUMMARY)
        if share > kind.get(name, 0.0):
            kind[name] = share
        self.spans.setdefault(key, []).append(span)

    def hit(self, span: Span) -> dict[str, str | int]:
        """Where a hit stands, for highlighting: field, first and past-the-last character, and the words."""
        first, last = self.words[span[0]], self.words[span[1]]
        name, text = ("title", self.title) if span[0] < self.title_words else ("summary", self.summary)
        return {"field": name, "start": first.start, "end": last.end, "text": text[first.start : last.end]}


class Reader:
    """Reads texts with the shipped lexicon and the bodies that staff know about."""

    def __init__(self, bodies: Iterable[Body] = ()) -> None:
        self.bodies = (*lexicon.bodies(), *bodies)
        self._aliases = [(alias, body.name) for body in self.bodies for alias in body.aliases]
        labels: list[tuple[str, tuple[str, str, float]]] = []
        labels += [(term, ("concept", group, weight)) for group, term, weight in lexicon.concepts()]
        labels += [(name, ("place", code, weight)) for code, name, weight in lexicon.places()]
        labels += [(term, ("aside", group, weight)) for group, term, weight in lexicon.asides()]
        labels += [(alias.name, ("body", str(index), alias.strength)) for index, (alias, _) in enumerate(self._aliases)]
        self._book = PhraseBook(labels)
        self._stops = lexicon.stop_stems()

    def read(self, title: str, summary: str = "", day: date | None = None) -> Reading:
        title, summary = title[:LONGEST_TITLE], summary[:LONGEST_SUMMARY]
        in_title = read_words(title)
        words = [*in_title, BREAK, *read_words(summary)]
        reading = Reading(title, summary, words, len(in_title) + 1)
        self._read_stems(reading)
        self._read_phrases(reading, day)
        return reading

    def _read_stems(self, reading: Reading) -> None:
        units, spans, stops = reading.units, reading.spans, self._stops
        for index, word in enumerate(reading.words):
            stem = word.stem
            if stem in spans:
                spans[stem].append((index, index))
            elif stem not in stops and word is not BREAK and (len(stem) > 1 or not stem.isascii()):
                units[stem] = 1.0 if index < reading.title_words else _IN_SUMMARY
                spans[stem] = [(index, index)]

    def _read_phrases(self, reading: Reading, day: date | None) -> None:
        for found in self._book.find(reading.words):
            span = (found.first, found.last)
            for kind, name, weight in found.labels:
                if kind == "concept":
                    reading.add(reading.units, f"c:{name}", weight, f"c:{name}", span)
                elif kind == "aside":
                    reading.add(reading.asides, name, weight, f"a:{name}", span)
                elif self._names(reading, kind, weight, found.first, found.last):
                    self._add_named(reading, kind, name, weight, span, day)

    @staticmethod
    def _names(reading: Reading, kind: str, weight: float, first: int, last: int) -> bool:
        """A name needs its capital, except common words and bodies named by several words."""
        several = kind == "body" and last > first
        return several or weight < lexicon.WEAK_OR_LOWER or _capital(reading, first)

    def _add_named(self, reading: Reading, kind: str, name: str, weight: float, span: Span, day: date | None) -> None:
        if kind == "place":
            reading.add(reading.places, name, weight, f"p:{name}", span)
            return
        alias, body = self._aliases[int(name)]
        if day is None or alias.counts_on(day):
            reading.add(reading.bodies, body, weight, f"b:{body}", span)


def _capital(reading: Reading, index: int) -> bool:
    word = reading.words[index]
    text = reading.title if index < reading.title_words else reading.summary
    if text[word.start : word.start + 1].islower():
        return False
    return word.stem != "us" or text[word.start : word.end] in ("US", "USA", "U.S")


def _numbers(words: Sequence[Word]) -> Iterable[float]:
    """Numbers of a text, in figures or words, with thousand, million and billion worked out."""
    for index, word in enumerate(words):
        match = _NUMBER.match(word.stem)
        value = float(match.group(1)) if match else _SPELT.get(word.stem)
        if value is None:
            continue
        scale = match.group(2) if match and match.group(2) in _SCALES else ""
        if not scale and index + 1 < len(words):
            scale = words[index + 1].stem
        yield value * _SCALES.get(scale, 1.0)


def _names(reading: Reading) -> Iterable[str]:
    """Stems of words with a capital that do not begin the title or a sentence, and of words with odd capitals."""
    for index, word in enumerate(reading.words):
        if word is BREAK:
            continue
        in_title = index < reading.title_words
        text = reading.title if in_title else reading.summary
        raw = text[word.start : word.end]
        begins = word.start == 0 or text[max(0, word.start - 8) : word.start].rstrip(" \"'“‘(").endswith(
            (".", "!", "?", ":", "\n")
        )
        if raw[:1].isupper() and (not begins or not raw[1:].islower()) and len(raw) > 1:
            yield word.stem
