"""Whether two items report one event, and which story an item belongs to. Pure: texts and dates in."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from monitoring import weighing
from monitoring.comparing import Rarity
from monitoring.reading import ItemText, Reading
from monitoring.weighing import Weights

WINDOW_DAYS = 14
NEAREST = 2
FEATURES = (
    "same words",
    "same groups",
    "same everything",
    "days apart",
    "same numbers",
    "numbers differ",
    "same bodies",
    "other bodies",
    "same names",
    "rare words",
    "same outlet",
)
_RARE = 0.04
_BODY, _PLACE = 3.0, 3.0
_WEIGHTS = Path(__file__).parent / "lexicon" / "weights.json"


@dataclass
class Clue:
    """One item, ready to be compared with others."""

    id: str
    published_on: date | None
    publisher: str
    reading: Reading
    words: dict[str, float] = field(default_factory=dict)
    groups: dict[str, float] = field(default_factory=dict)
    all: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Model:
    weights: Weights
    same_from: float


@cache
def shipped() -> Model:
    stored = json.loads(_WEIGHTS.read_text(encoding="utf-8"))["stories"]
    return Model(weighing.from_json(stored["weights"]), stored["same_from"])


def clue(item: ItemText, reading: Reading, rarity: Rarity) -> Clue:
    words = {u: w * rarity.among_items(u) for u, w in reading.units.items() if not u.startswith("c:")}
    groups = {u: w * rarity.among_items(u) for u, w in reading.units.items() if u.startswith("c:")}
    named = {f"b:{body}": _BODY * weight for body, weight in reading.bodies.items()}
    named |= {f"p:{code}": _PLACE * weight for code, weight in reading.places.items() if code != "gb"}
    everything = _unit(words | {unit: 0.6 * value for unit, value in groups.items()} | named)
    return Clue(item.id, item.published_on, item.publisher, reading, _unit(words), _unit(groups), everything)


def compare(a: Clue, b: Clue) -> dict[str, float]:
    """Named numbers of a pair, the same whichever comes first."""
    shared = a.words.keys() & b.words.keys()
    numbers_a, numbers_b = _telling(a.reading.numbers), _telling(b.reading.numbers)
    bodies_a, bodies_b = _bodies(a), _bodies(b)
    names_a, names_b = a.reading.names, b.reading.names
    both = len(numbers_a & numbers_b)
    return {
        "same words": math.sqrt(sum(a.words[word] * b.words[word] for word in shared)),
        "same groups": sum(a.groups[group] * b.groups[group] for group in a.groups.keys() & b.groups.keys()),
        "same everything": math.sqrt(sum(value * b.all.get(unit, 0.0) for unit, value in a.all.items())),
        "days apart": math.log1p(days_apart(a, b)),
        "same numbers": math.log1p(both),
        "numbers differ": float(bool(numbers_a and numbers_b and not both)),
        "same bodies": math.log1p(len(bodies_a & bodies_b)),
        "other bodies": math.log1p(min(len(bodies_a - bodies_b), len(bodies_b - bodies_a))),
        "same names": math.log1p(len(names_a & names_b)),
        "rare words": math.log1p(sum(1 for word in shared if a.words[word] * b.words[word] > _RARE)),
        "same outlet": float(bool(a.publisher) and a.publisher == b.publisher),
    }


def days_apart(a: Clue, b: Clue) -> int:
    if a.published_on is None or b.published_on is None:
        return 0
    return abs((a.published_on - b.published_on).days)


def likeness(a: Clue, b: Clue, model: Model) -> float:
    """Probability that two items report one event; nothing beyond the window."""
    if days_apart(a, b) > WINDOW_DAYS:
        return 0.0
    found = compare(a, b)
    odds = model.weights.log_odds(np.array([found[name] for name in model.weights.names]))
    return float(weighing.probability(odds))


def choose_story(mine: Clue, stories: Mapping[str, Sequence[Clue]], model: Model) -> tuple[str, float] | None:
    """The story whose two nearest items are likest on average, when that is likely enough to be one event."""
    best: tuple[str, float] | None = None
    for story, members in stories.items():
        nearest = sorted((likeness(mine, other, model) for other in members), reverse=True)[:NEAREST]
        score = sum(nearest) / len(nearest) if nearest else 0.0
        if score >= model.same_from and (best is None or score > best[1]):
            best = (story, score)
    return best


def train(pairs: Sequence[tuple[Clue, Clue, bool]], *, ridge: float = 2.0) -> Weights:
    rows = [compare(a, b) for a, b, _ in pairs]
    cases = np.array([[row[name] for name in FEATURES] for row in rows])
    return weighing.fit(FEATURES, cases, np.array([float(same) for *_, same in pairs]), ridge=ridge)


def as_json(model: Model) -> dict[str, Any]:
    return {"weights": model.weights.as_json(), "same_from": model.same_from}


def _telling(numbers: frozenset[float]) -> frozenset[float]:
    return frozenset(number for number in numbers if number > 3 and not 1990 <= number <= 2060)


def _bodies(one: Clue) -> frozenset[str]:
    return frozenset(body for body, weight in one.reading.bodies.items() if weight >= 0.6)


def _unit(values: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(value * value for value in values.values())) or 1.0
    return {unit: value / length for unit, value in values.items()}
