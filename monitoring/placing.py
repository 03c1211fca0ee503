"""Where the words of a text stand, and which of them satisfy a watch query."""

from collections.abc import Sequence

from monitoring.normalising import Word
from monitoring.querying import And, Near, Node, Not, Term

MOST_PLACES = 200
"""Places of one term that are looked at; a text that repeats a word ten thousand times costs no more."""


class WordPlaces:
    """Where each stem of a text stands: what a query is asked of."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = words
        self._places: dict[str, list[int]] = {}
        for index, word in enumerate(words):
            self._places.setdefault(word.stem, []).append(index)
        self.stems = self._places.keys()

    def find(self, term: Term) -> list[tuple[int, int]]:
        """(first, last) word of every occurrence of ``term``."""
        length = len(term.stems)
        return [
            (start, start + length - 1)
            for start in self._places.get(term.stems[0], ())[:MOST_PLACES]
            if length == 1 or self._holds(term.stems, start)
        ]

    def has(self, term: Term) -> bool:
        """Whether ``term`` occurs at all; cheaper than where."""
        starts = self._places.get(term.stems[0])
        if not starts or len(term.stems) == 1:
            return bool(starts)
        return any(self._holds(term.stems, start) for start in starts[:MOST_PLACES])

    def _holds(self, stems: tuple[str, ...], start: int) -> bool:
        ahead = self.words[start : start + len(stems)]
        return len(ahead) == len(stems) and all(word.stem == stem for word, stem in zip(ahead, stems, strict=True))


def ask(node: Node | None, places: WordPlaces) -> list[tuple[int, int]] | None:
    """(first, last) words that satisfy the query, in order; None when it is not satisfied."""
    if node is None:
        return None
    found = _ask(node, places)
    return None if found is None else sorted(set(found))


def _ask(node: Node, places: WordPlaces) -> list[tuple[int, int]] | None:
    if isinstance(node, Term):
        return places.find(node) or None
    if isinstance(node, Not):
        return [] if _ask(node.part, places) is None else None
    if isinstance(node, Near):
        return _ask_near(node, places)
    answers = [_ask(part, places) for part in node.parts]
    given = [answer for answer in answers if answer is not None]
    if not given or (isinstance(node, And) and len(given) < len(answers)):
        return None
    return [place for answer in given for place in answer]


def _ask_near(node: Near, places: WordPlaces) -> list[tuple[int, int]] | None:
    found = []
    rights = places.find(node.right)
    for left in places.find(node.left):
        for right in rights:
            between = right[0] - left[1] if right[0] > left[1] else left[0] - right[1]
            if 0 < between <= node.distance:
                found += [left, right]
    return found or None
