"""How one item and one commitment compare: twenty named numbers, the same for every commitment.

Pure: texts in, numbers out. What the numbers are worth is ``weighing``; which pairs are shown is ``matching``.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from monitoring import lexicon, placing, querying
from monitoring.profiling import Profile
from monitoring.reading import Reading

FEATURES = (
    "subject",
    "plain words",
    "breadth",
    "beyond other commitments",
    "beyond its usual",
    "telling group",
    "AI in its field",
    "owner named",
    "owner not named",
    "another company",
    "a rival named",
    "foreign place",
    "own name",
    "own name missing",
    "no name of ours",
    "its numbers",
    "AI not mentioned",
    "news of another kind",
    "query",
    "query nearly",
)
_TOP = 6
_MOST_SPANS = 20
"""Places of one word that count; a long text repeats itself."""


@dataclass
class Rarity:
    """How rare a unit is among items and among commitments."""

    items: int
    item_counts: Mapping[str, int]
    commitments: int
    commitment_counts: Mapping[str, int]

    def of(self, unit: str) -> float:
        return self.among_items(unit) * self.among_commitments(unit)

    def among_items(self, unit: str) -> float:
        seen = self.item_counts.get(unit, 0)
        return math.log(1 + (self.items + 1) / (seen + 0.5))

    def among_commitments(self, unit: str) -> float:
        if self.commitments < 2:
            return 1.0
        seen = self.commitment_counts.get(unit, 1)
        return 0.15 + 0.85 * math.log((self.commitments + 1) / seen) / math.log(self.commitments + 1)


def rarity(readings: Iterable[Reading], profiles: Sequence[Profile]) -> Rarity:
    items: Counter[str] = Counter()
    count = 0
    for reading in readings:
        items.update(reading.units.keys())
        count += 1
    among: Counter[str] = Counter()
    for profile in profiles:
        among.update(profile.units.keys())
    return Rarity(count, items, len(profiles), among)


@dataclass(frozen=True)
class Standing:
    """Topic scores of one item, and its two best commitments."""

    scores: NDArray[np.float64]
    best: int
    first: float
    second: float

    @classmethod
    def of(cls, scores: NDArray[np.float64]) -> Standing:
        if not scores.size:
            return cls(scores, -1, 0.0, 0.0)
        best = int(scores.argmax())
        first = float(scores[best])
        rest = max(float(scores[:best].max(initial=0.0)), float(scores[best + 1 :].max(initial=0.0)))
        return cls(scores, best, math.log1p(first), math.log1p(rest))

    def against(self, index: int) -> tuple[float, float]:
        """(log topic score of one commitment, that of the best other)."""
        return math.log1p(float(self.scores[index])), self.second if index == self.best else self.first


@dataclass
class Comparer:
    """Compares items with a fixed set of commitments."""

    profiles: Sequence[Profile]
    rarity: Rarity
    weights: list[dict[str, float]] = field(default_factory=list)
    telling: list[dict[str, float]] = field(default_factory=list)
    usual: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        postings: dict[str, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
        for index, profile in enumerate(self.profiles):
            raw = {unit: weight * self.rarity.of(unit) for unit, weight in profile.units.items()}
            for unit in raw.keys() & profile.name_units:
                raw[unit] = 0.0
            self.telling.append(_telling(profile, self.rarity))
            self.weights.append(raw)
            for unit, value in raw.items():
                postings[unit][0].append(index)
                postings[unit][1].append(value)
        self._arrays = {unit: (np.array(p), np.array(v)) for unit, (p, v) in postings.items()}
        self.best = [sum(sorted(raw.values(), reverse=True)[:_TOP]) or 1.0 for raw in self.weights]
        self.usual = [(1.0, 1.0)] * len(self.profiles)

    def topic_scores(self, reading: Reading) -> NDArray[np.float64]:
        """For every commitment, how much of its subject the item holds. A word counts once, for its best reason."""
        by_word: dict[int, list[tuple[str, float]]] = defaultdict(list)
        for unit, weight in reading.units.items():
            if unit in self._arrays:
                by_word[reading.spans[unit][0][0]].append((unit, weight))
        if not by_word:
            return np.zeros(len(self.profiles))
        found = [self._worth(units) for units in by_word.values()]
        places = np.concatenate([where for where, _ in found])
        worth = np.concatenate([worth for _, worth in found])
        return np.bincount(places, worth, minlength=len(self.profiles)).astype(np.float64, copy=False)

    def _worth(self, units: Sequence[tuple[str, float]]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Commitments that one word speaks for, and how loudly: the best of its reasons for each."""
        found = [(self._arrays[unit], weight) for unit, weight in units]
        if len(found) == 1:
            (places, values), weight = found[0]
            return places, values * weight
        places = np.concatenate([where for (where, _), _ in found])
        values = np.concatenate([worth * weight for (_, worth), weight in found])
        order = np.lexsort((values, places))
        places, values = places[order], values[order]
        last = np.append(places[1:] != places[:-1], True)
        return places[last], values[last]

    def learn_usual(self, scores: NDArray[np.float64]) -> None:
        """From the topic scores of many items (rows): what is usual for each commitment, for *stands out*."""
        count = scores.shape[0]
        if count == 0:
            return
        scores = np.log1p(scores)
        means, spreads = scores.mean(axis=0), scores.std(axis=0)
        share = count / (count + 20)
        self.usual = [
            (share * mean + (1 - share) * 1.0, share * spread + (1 - share) * 1.0)
            for mean, spread in zip(means.tolist(), spreads.tolist(), strict=True)
        ]

    def features(self, index: int, reading: Reading, standing: Standing) -> dict[str, float]:
        """FEATURES of one commitment beside one item."""
        profile = self.profiles[index]
        found = self._subject(index, reading, standing)
        found |= _names(profile, reading)
        home, away = _home_and_away(profile, reading)
        found["foreign place"] = away * (1 - home)
        found["its numbers"] = float(bool(profile.numbers) and not profile.numbers.isdisjoint(reading.numbers))
        found["AI not mentioned"] = float(profile.speaks_of_ai and not reading.speaks_of_ai)
        asides = [reading.asides[group] for group in asides_of(profile, reading)]
        found["news of another kind"] = max(asides, default=0.0)
        found["query"] = found["query nearly"] = 0.0
        if profile.query is not None:
            found["query nearly"] = nearly(profile.query, reading.word_places)
            met = found["query nearly"] == 1.0 and placing.ask(profile.query, reading.word_places) is not None
            found["query"] = float(met)
        return found

    def _subject(self, index: int, reading: Reading, standing: Standing) -> dict[str, float]:
        """How much of what the commitment is about the item holds, by itself and beside what is usual."""
        shares, telling = self.weights[index], self.telling[index]
        hits = {unit: shares[unit] * reading.units[unit] for unit in reading.units.keys() & shares.keys()}
        words = {span[0] for unit, value in hits.items() if value > 0 for span in reading.spans[unit][:_MOST_SPANS]}
        groups = {unit: telling[unit] * reading.units[unit] for unit in telling.keys() & reading.units.keys()}
        topic, best_other = standing.against(index)
        mean, spread = self.usual[index]
        both_of_ai = self.profiles[index].speaks_of_ai and reading.speaks_of_ai
        return {
            "subject": min(1.0, math.expm1(topic) / self.best[index]),
            "plain words": math.log1p(sum([value for unit, value in hits.items() if unit[:2] != "c:"])),
            "breadth": math.log1p(len(words)),
            "beyond other commitments": topic - best_other,
            "beyond its usual": min(4.0, (topic - mean) / (spread + 0.1)),
            "telling group": max(groups.values(), default=0.0),
            "AI in its field": _beside_ai(groups) if both_of_ai else 0.0,
        }


def _names(profile: Profile, reading: Reading) -> dict[str, float]:
    """Whom the item names: who owes it, others, and what the commitment calls by name."""
    owner = _best_of(profile.owners, reading.bodies)
    named, has_names = profile.anchors & reading.units.keys(), bool(profile.anchors)
    return {
        "owner named": owner,
        "owner not named": float(profile.owed_by_company and owner == 0),
        "another company": float(owner == 0 and reading.names_a_body),
        "a rival named": _rival(profile, reading),
        "own name": len(named) / (len(profile.anchors) ** 0.5) if named else 0.0,
        "own name missing": float(has_names and not named),
        "no name of ours": float(has_names and not named and owner == 0),
    }


def _best_of(wanted: frozenset[str], found: Mapping[str, float]) -> float:
    return max([found[name] for name in wanted if name in found], default=0.0) if found else 0.0


def _home_and_away(profile: Profile, reading: Reading) -> tuple[float, float]:
    """How surely the item names the commitment's own country, or a body of it; and another country."""
    known = reading.home_and_away.get(profile.home)
    if known is not None:
        return known
    at_home = (w for name, w in reading.bodies.items() if w >= 0.7 and _COUNTRIES.get(name) in profile.home)
    home = _best_of(profile.home, reading.places)
    away = max((weight for code, weight in reading.places.items() if code not in profile.home), default=0.0)
    found = max(home, 0.8 * max(at_home, default=0.0)), away
    reading.home_and_away[profile.home] = found
    return found


def asides_of(profile: Profile, reading: Reading) -> list[str]:
    """Groups of news that is seldom about a promise, but for those that the commitment itself speaks of."""
    return [group for group in reading.asides if group not in profile.asides]


_AI = frozenset({"c:ai", "c:language model"})


def _beside_ai(groups: Mapping[str, float]) -> float:
    return max([value for unit, value in groups.items() if unit not in _AI], default=0.0)


def _telling(profile: Profile, rarity: Rarity) -> dict[str, float]:
    """Groups of words that tell this commitment from the others, the best of them at 1."""
    groups = {unit: w * rarity.of(unit) for unit, w in profile.units.items() if unit.startswith("c:")}
    best = max(groups.values(), default=1.0)
    return {unit: value / best for unit, value in groups.items()}


_COUNTRIES = {body.name: body.country for body in lexicon.bodies() if body.kind == "public"}


_COMPANIES = frozenset(body.name for body in lexicon.bodies() if body.kind == "company")


_RIVAL_FIRST = 0.5
"""The rival is in the title and our company only in the text below: half as bad as without it."""


def _rival(profile: Profile, reading: Reading) -> float:
    """Another company named where a company owes it and is not named itself."""
    if not profile.companies or not reading.bodies:
        return 0.0
    own = _best_of(profile.companies, reading.bodies)
    rival = max((w for name, w in reading.bodies.items() if name in _COMPANIES - profile.companies), default=0.0)
    return rival if own == 0 else _RIVAL_FIRST * rival if own < rival else 0.0


def nearly(node: querying.Node, places: placing.WordPlaces) -> float:
    """How much of a query is satisfied, from 0 to 1: the share of its AND parts that hold."""
    if isinstance(node, querying.Term):
        return float(places.has(node))
    if isinstance(node, querying.Or):
        if not places.stems.isdisjoint(node.stems):
            return 1.0
        best = 0.0
        for part in node.longer:
            best = max(best, nearly(part, places))
            if best == 1.0:
                break
        return best
    if isinstance(node, querying.And):
        return sum([nearly(part, places) for part in node.parts]) / len(node.parts)
    if isinstance(node, querying.Not):
        return 1.0 - nearly(node.part, places)
    return float(placing.ask(node, places) is not None)
