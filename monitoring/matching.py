"""Which commitments an item is about, how surely, and why. Pure: texts in, matches out.

Two steps of one model. First every commitment that shares a word with the item is scored by itself; then each is
weighed against the best of the others, because an item is seldom about two promises at once.
"""

import gc
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from monitoring import comparing, lexicon, profiling, weighing
from monitoring.comparing import Comparer, Standing
from monitoring.lexicon import Body
from monitoring.reading import CommitmentText, ItemText, Reader, Reading
from monitoring.weighing import Weights

LIKENESSES = ("like accepted", "like rejected")
COMPETITION = ("score alone", "fits anything", *LIKENESSES)
DIRECT = ("foreign place", "another company", "a rival named", "owner not named", "breadth", "news of another kind")
SECOND = (*COMPETITION, *DIRECT)
_ALL_SCORED = 60
_FEW_SCORED = 6
_NEAR_THE_BEST = 0.4
_NOTHING = -8.0
LIFT = 0.4
"""An item goes this part of the way to the likeliest item of its story: the inbox shows a story as one card."""
_WEIGHTS = Path(__file__).parent / "lexicon" / "weights.json"


@dataclass(frozen=True)
class Model:
    """Weights of both steps, for commitments with a watch query and without, and where the two bands begin."""

    first: Weights
    second: Weights
    likely_from: float
    maybe_from: float

    def as_json(self) -> dict[str, Any]:
        return {
            "likely_from": self.likely_from,
            "maybe_from": self.maybe_from,
            "first": self.first.as_json(),
            "second": self.second.as_json(),
        }


@dataclass
class Match:
    """One item against one commitment: the score from 0 to 1 and the numbers it came from."""

    item: str
    commitment: str
    score: float
    features: dict[str, float]
    second: dict[str, float] = field(default_factory=dict)
    log_odds: float = 0.0
    band: str = ""
    nearest: dict[str, str] = field(default_factory=dict)
    reading: Reading | None = None


@cache
def shipped(with_query: bool) -> Model:
    stored = json.loads(_WEIGHTS.read_text(encoding="utf-8"))["query" if with_query else "text"]
    return read_model(stored)


def read_model(stored: dict[str, Any]) -> Model:
    return Model(
        weighing.from_json(stored["first"]),
        weighing.from_json(stored["second"]),
        stored["likely_from"],
        stored["maybe_from"],
    )


class Noting(Protocol):
    """Decided items that put their likeness beside a match's numbers."""

    def note(self, matches: Iterable[Match], *, leave_out: bool = False) -> None: ...


class Matcher:
    """Matches items with a fixed set of commitments. ``recent`` teaches it which words are rare these days."""

    def __init__(
        self,
        commitments: Sequence[CommitmentText],
        recent: Iterable[ItemText] = (),
        *,
        bodies: Sequence[Body] = (),
        with_query: bool = True,
        models: tuple[Model, Model] | None = None,
    ) -> None:
        self.commitments = list(commitments)
        known = (*lexicon.bodies(), *bodies)
        self.reader = Reader((*bodies, *profiling.bodies_of(self.commitments, known)))
        directory = profiling.Directory(self.reader)
        profiles = [profiling.profile(c, directory, with_query=with_query) for c in self.commitments]
        readings = [self.read(item) for item in recent]
        self.comparer = Comparer(profiles, comparing.rarity(readings, profiles))
        if readings:
            self.comparer.learn_usual(np.array([self.comparer.topic_scores(reading) for reading in readings]))
        self._queried = {profile.commitment.key for profile in profiles if profile.query is not None}
        self._places = {commitment.key: place for place, commitment in enumerate(self.commitments)}
        self.models = models
        self.examples: Noting | None = None

    def read(self, item: ItemText) -> Reading:
        return self.reader.read(item.title, item.summary, item.published_on)

    def find_matches(self, item: ItemText) -> list[Match]:
        """Every commitment that shares anything with the item, best first."""
        reading = self.read(item)
        matches = self.compare(item, reading)
        if self.examples is not None:
            self.examples.note(matches)
        self.decide(matches)
        return sorted(matches, key=lambda match: (-match.score, match.commitment))

    def compare(self, item: ItemText, reading: Reading) -> list[Match]:
        scores = self.comparer.topic_scores(reading)
        standing = Standing.of(scores)
        return [
            Match(
                item.id,
                self.commitments[index].key,
                0.0,
                self.comparer.features(index, reading, standing),
                reading=reading,
            )
            for index in self._candidates(scores)
        ]

    def model_of(self, key: str) -> Model:
        with_query = self.has_query(key)
        if self.models is not None:
            return self.models[1 if with_query else 0]
        return shipped(with_query)

    def place_of(self, key: str) -> int:
        return self._places[key]

    def has_query(self, key: str) -> bool:
        return key in self._queried

    def decide(self, matches: list[Match]) -> None:
        """Set the scores of all matches of one item."""
        alone = [self._alone(match) for match in matches]
        for match, numbers in zip(matches, against_others(alone), strict=True):
            features, before = match.features, match.second
            for name in DIRECT:
                numbers[name] = features[name]
            for name in LIKENESSES:
                numbers[name] = before.get(name, 0.0)
            match.second = numbers
            model = self.model_of(match.commitment)
            match.log_odds = model.second.score(numbers)
            match.score = weighing.chance(match.log_odds)
            match.band = _band(match.score, model)

    def _alone(self, match: Match) -> float:
        return self.model_of(match.commitment).first.score(match.features)

    def _candidates(self, scores: NDArray[np.float64]) -> Sequence[int]:
        if len(scores) <= _ALL_SCORED:
            return [int(index) for index in np.flatnonzero(scores > 0)]
        near = np.flatnonzero(scores > _NEAR_THE_BEST * float(scores.max(initial=0.0)))
        if len(near) > _FEW_SCORED:
            near = near[np.argpartition(scores[near], -_FEW_SCORED)[-_FEW_SCORED:]]
        return [int(index) for index in near]


@contextmanager
def collector_resting() -> Iterator[None]:
    """For matching many items in a row: it makes many short-lived objects and no cycles, so collecting only costs.

    A quarter of the time beside ten thousand commitments. Ends as it was found.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _band(score: float, model: Model) -> str:
    """likely, maybe, or empty when it is not worth an editor's look."""
    if score >= model.likely_from:
        return "likely"
    return "maybe" if score >= model.maybe_from else ""


def lifted(log_odds: float, likeliest: float) -> float:
    """Log-odds of an item whose story has an item with ``likeliest``."""
    return log_odds + LIFT * max(0.0, likeliest - log_odds)


def against_others(alone: Sequence[float]) -> list[dict[str, float]]:
    """For each score: itself, its lead over the best other, and how well the item fits anything at all."""
    if not alone:
        return []
    ranked = sorted(alone, reverse=True)
    best, next_best = ranked[0], max(ranked[1] if len(ranked) > 1 else _NOTHING, _NOTHING)
    anything = math.log(sum(math.exp(min(score, 30.0)) for score in alone) + math.exp(_NOTHING))
    return [
        {
            "score alone": score,
            "beyond the next commitment": score - (next_best if score == best else best),
            "fits anything": anything,
        }
        for score in alone
    ]
