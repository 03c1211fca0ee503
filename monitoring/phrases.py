"""One pass over a text that finds every phrase of a large book at once (Aho–Corasick over stems)."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Generic, TypeVar

import ahocorasick

from monitoring.normalising import Word, stems_of

Label = TypeVar("Label")


@dataclass(frozen=True)
class Found(Generic[Label]):
    """A phrase of the book in a text: ``labels`` are all it stands for; words first..last hold it."""

    labels: tuple[Label, ...]
    first: int
    last: int


class PhraseBook(Generic[Label]):
    """Phrases with labels. Built once, then read by any number of texts.

    Two phrases whose stems are the same are one phrase with two labels.
    """

    def __init__(self, phrases: Iterable[tuple[str, Label]]) -> None:
        labels: dict[str, list[Label]] = {}
        for phrase, label in phrases:
            key = _joined(stems_of(phrase))
            if key.strip():
                labels.setdefault(key, []).append(label)
        self._automaton: Any = ahocorasick.Automaton()
        for key, found in labels.items():
            self._automaton.add_word(key, (tuple(dict.fromkeys(found)), key.count(" ") - 1))
        self._empty = not labels
        if labels:
            self._automaton.make_automaton()

    def find(self, words: Sequence[Word]) -> Iterator[Found[Label]]:
        """Every phrase in ``words``, overlaps included, in the order in which they end."""
        if self._empty or not words:
            return
        stems = [word.stem for word in words]
        ends: list[int] = []
        for end, (labels, length) in self._automaton.iter(_joined(stems)):
            ends = ends or list(accumulate(len(stem) + 1 for stem in stems))
            last = bisect_left(ends, end)
            yield Found(labels, last - length + 1, last)


def _joined(stems: Sequence[str]) -> str:
    return " " + " ".join(stems) + " " if stems else ""
