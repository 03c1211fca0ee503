"""Story grouping measured: judged pairs, and pairs as they fall out of grouping items in date order."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitoring import comparing, grouping
from monitoring.evaluating import folders, measures
from monitoring.evaluating.folders import JudgedPair
from monitoring.grouping import Clue, Model
from monitoring.reading import ItemText, Reader

FOLDS = 5


@dataclass
class Bench:
    clues: dict[str, Clue]
    pairs: list[JudgedPair]

    def judged(self) -> list[tuple[Clue, Clue, bool]]:
        return [(self.clues[p.a], self.clues[p.b], p.duplicate) for p in self.pairs]


def prepare(folder: Path) -> Bench:
    return Bench(clues_of([item.text for item in folders.items(folder)]), folders.pairs(folder))


def clues_of(items: Sequence[ItemText]) -> dict[str, Clue]:
    reader = Reader()
    readings = [reader.read(item.title, item.summary, item.published_on) for item in items]
    rarity = comparing.rarity(readings, [])
    return {item.id: grouping.clue(item, read, rarity) for item, read in zip(items, readings, strict=True)}


def measure(bench: Bench, model: Model | None = None) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    model = model or grouping.shipped()
    rows = [
        {
            "a": pair.a,
            "b": pair.b,
            "duplicate": grouping.likeness(bench.clues[pair.a], bench.clues[pair.b], model) >= model.same_from,
        }
        for pair in bench.pairs
    ]
    found: dict[str, Any] = dict(_measure(rows, bench.pairs))
    found["stories"] = len(set(group(list(bench.clues.values()), model).values()))
    return rows, found


def group(clues: Sequence[Clue], model: Model) -> dict[str, str]:
    """Item to story, taken in date order, as the watch would."""
    stories: dict[str, list[Clue]] = {}
    placed: dict[str, str] = {}
    for clue in sorted(clues, key=lambda c: (c.published_on is None, c.published_on, c.id)):
        near = {k: v for k, v in stories.items() if grouping.days_apart(v[-1], clue) <= grouping.WINDOW_DAYS}
        chosen = grouping.choose_story(clue, near, model)
        story = chosen[0] if chosen else clue.id
        stories.setdefault(story, []).append(clue)
        placed[clue.id] = story
    return placed


def cross_validate(benches: Sequence[Bench], same_from: float) -> list[dict[str, float]]:
    found = []
    for bench in benches:
        others = [pair for other in benches if other is not bench for pair in other.judged()]
        judged, rows = bench.judged(), []
        for fold in range(FOLDS):
            train = [pair for place, pair in enumerate(judged) if place % FOLDS != fold]
            model = Model(grouping.train([*others, *train]), same_from)
            for place, pair in enumerate(bench.pairs):
                if place % FOLDS == fold:
                    same = grouping.likeness(bench.clues[pair.a], bench.clues[pair.b], model) >= same_from
                    rows.append({"a": pair.a, "b": pair.b, "duplicate": same})
        found.append(_measure(rows, bench.pairs))
    return found


def _measure(rows: Sequence[dict[str, Any]], pairs: Sequence[JudgedPair]) -> dict[str, float]:
    said = {frozenset((row["a"], row["b"])) for row in rows if row["duplicate"]}
    true = {frozenset((pair.a, pair.b)) for pair in pairs if pair.duplicate}
    return measures.compare_sets(set(said), set(true))
