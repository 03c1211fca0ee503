"""Weights from answers: the shipped ones from labelled sets, a site's own from what its editors decided.

Editors' answers move shared weights, never a model per commitment: eighteen commitments and two hundred answers
would starve those. The shipped weights are the prior, so a few answers change little.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from monitoring import matching, weighing
from monitoring.comparing import FEATURES, Rarity
from monitoring.matching import Match, Matcher, Model
from monitoring.reading import Reading
from monitoring.weighing import Matrix

RIDGE = 4.0
PRIOR_RIDGE = 60.0
"""Sets held out ranked the same with 15 to 200; the stronger pull moves scores less, so one mark serves more sites."""
PRIOR_CONSTANT_RIDGE = 4.0
NEAREST = 3
ENOUGH = 20
LIKELY_AFTER = 0.58
"""Answers come from the top of the list, so refitted scores run high: with enough of them *likely* begins here."""
_LIKE_ACCEPTED, _LIKE_REJECTED = 2.5, -2.5


@dataclass(frozen=True)
class Case:
    """All matches of one item, and the commitments it truly belongs to."""

    matches: Sequence[Match]
    labels: frozenset[str]


def train(cases: Sequence[Case], *, likely_from: float = 0.5, maybe_from: float = 0.2) -> Model:
    """Weights of both steps from labelled items."""
    first = _train_first(cases)
    numbers, answers = [], []
    for case in cases:
        alone = [_log_odds(first, match.features) for match in case.matches]
        for match, found in zip(case.matches, matching.against_others(alone), strict=True):
            found |= {name: match.features[name] for name in matching.DIRECT}
            numbers.append([found.get(name, 0.0) for name in matching.SECOND])
            answers.append(float(match.commitment in case.labels))
    second = weighing.fit(matching.SECOND, np.array(numbers), np.array(answers), ridge=RIDGE)
    return Model(first, _with_examples(second), likely_from, maybe_from)


def _train_first(cases: Sequence[Case]) -> weighing.Weights:
    rows = [[match.features[name] for name in FEATURES] for case in cases for match in case.matches]
    answers = [float(match.commitment in case.labels) for case in cases for match in case.matches]
    return weighing.fit(FEATURES, np.array(rows), np.array(answers), ridge=RIDGE)


def _with_examples(second: weighing.Weights) -> weighing.Weights:
    """A labelled set has no editors, so likeness to what they decided starts from a fixed weight."""
    values = dict(zip(second.names, second.values, strict=True))
    scales = dict(zip(second.names, second.scales, strict=True))
    values |= {"like accepted": _LIKE_ACCEPTED * 0.2, "like rejected": _LIKE_REJECTED * 0.2}
    scales |= {"like accepted": 0.2, "like rejected": 0.2}
    return weighing.Weights(second.names, second.means, tuple(scales.values()), tuple(values.values()), second.constant)


def _log_odds(weights: weighing.Weights, numbers: Mapping[str, float]) -> float:
    return float(weights.log_odds(np.array([numbers[name] for name in weights.names])))


@dataclass(frozen=True)
class Example:
    """An item that an editor decided about."""

    title: str
    vector: Mapping[str, float]


@dataclass
class Examples:
    """Items that editors decided about, per commitment, for likeness to the nearest of them."""

    rarity: Rarity
    accepted: dict[str, list[Example]] = field(default_factory=dict)
    rejected: dict[str, list[Example]] = field(default_factory=dict)

    def add(self, commitment: str, reading: Reading, *, right: bool) -> None:
        kept = self.accepted if right else self.rejected
        kept.setdefault(commitment, []).append(Example(reading.title, vector(reading, self.rarity)))

    def note(self, matches: Iterable[Match], *, leave_out: bool = False) -> None:
        """Put the mean likeness to the nearest examples beside each match's numbers.

        ``leave_out`` skips the item itself, for learning from the examples.
        """
        mine: dict[str, float] | None = None
        for match in matches:
            if match.reading is None:
                continue
            mine = mine if mine is not None else vector(match.reading, self.rarity)
            for name, kept in (("like accepted", self.accepted), ("like rejected", self.rejected)):
                share, nearest = _nearest(mine, kept.get(match.commitment, ()), leave_out)
                match.second[name], match.nearest[name] = share, nearest


def vector(reading: Reading, rarity: Rarity) -> dict[str, float]:
    """TF-IDF of length one over stems and groups of words."""
    raw = {unit: weight * rarity.among_items(unit) for unit, weight in reading.units.items()}
    length = math.sqrt(sum(value * value for value in raw.values())) or 1.0
    return {unit: value / length for unit, value in raw.items()}


def _nearest(mine: Mapping[str, float], kept: Sequence[Example], leave_out: bool) -> tuple[float, str]:
    found = sorted(((_cosine(mine, other.vector), other.title) for other in kept), reverse=True)
    if leave_out and found and found[0][0] > 0.9999:
        found = found[1:]
    if not found:
        return 0.0, ""
    return sum(share for share, _ in found[:NEAREST]) / NEAREST, found[0][1]


def _cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    return sum(value * a.get(unit, 0.0) for unit, value in b.items())


def learn(
    matcher: Matcher, decided: Sequence[tuple[Match, bool]], examples: Examples, prior: tuple[Model, Model]
) -> tuple[Model, Model]:
    """Models after the editors' answers: the second step refitted towards ``prior``, the first kept."""
    found = []
    for with_query, model in enumerate(prior):
        answers = [
            (match, right) for match, right in decided if matcher.has_query(match.commitment) == bool(with_query)
        ]
        if not answers:
            found.append(model)
            continue
        for match, _ in answers:
            examples.note([match], leave_out=True)
        rows = np.array([[match.second[name] for name in model.second.names] for match, _ in answers])
        right = np.array([float(answer) for _, answer in answers])
        second = _refitted(model.second, rows, right)
        likely = max(LIKELY_AFTER, model.likely_from) if len(answers) >= ENOUGH else model.likely_from
        found.append(Model(model.first, second, likely, model.maybe_from))
    return found[0], found[1]


def _refitted(prior: weighing.Weights, rows: Matrix, right: Matrix) -> weighing.Weights:
    return weighing.refit(prior, rows, right, ridge=PRIOR_RIDGE, constant_ridge=PRIOR_CONSTANT_RIDGE)
