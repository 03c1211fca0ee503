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
    """Pairs that the inbox would show as one card; and, for comparison, pairs judged by their own likeness alone."""
    model = model or grouping.shipped()
    rows, placed = _on_one_card(bench, bench.pairs, model)
    found: dict[str, Any] = dict(_measure(rows, bench.pairs))
    alone = [
        _row(p, grouping.likeness(bench.clues[p.a], bench.clues[p.b], model) >= model.same_from) for p in bench.pairs
    ]
    found |= {f"{name}_pair_by_pair": value for name, value in _measure(alone, bench.pairs).items()}
    found["stories"] = len(set(placed.values()))
    return rows, found


def _on_one_card(
    bench: Bench, pairs: Sequence[JudgedPair], model: Model
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    placed = group(list(bench.clues.values()), model)
    return [_row(pair, placed[pair.a] == placed[pair.b]) for pair in pairs], placed


def _row(pair: JudgedPair, same: bool) -> dict[str, Any]:
    return {"a": pair.a, "b": pair.b, "duplicate": same}


def group(clues: Sequence[Clue], model: Model) -> dict[str, str]:
    """Item to story, taken in date order, as the watch would."""
    stories: dict[str, list[Clue]] = {}
    placed: dict[str, str] = {}
    for clue in sorted(clues, key=lambda c: (c.published_on is None, c.published_on, c.id)):
        odds = {story: _odds(clue, members, model) for story, members in stories.items()}
        chosen = grouping.choose_story(odds, model.same_from)
        story = chosen[0] if chosen else clue.id
        stories.setdefault(story, []).append(clue)
        placed[clue.id] = story
    return placed


def _odds(clue: Clue, members: Sequence[Clue], model: Model) -> list[float]:
    near = (member for member in members if grouping.days_apart(member, clue) <= grouping.WINDOW_DAYS)
    return [grouping.likeness(clue, member, model) for member in near]


def cross_validate(benches: Sequence[Bench], same_from: float) -> list[dict[str, float]]:
    found = []
    for bench in benches:
        others = [pair for other in benches if other is not bench for pair in other.judged()]
        judged, rows = bench.judged(), []
        for fold in range(FOLDS):
            train = [pair for place, pair in enumerate(judged) if place % FOLDS != fold]
            model = Model(grouping.train([*others, *train]), same_from)
            tested = [pair for place, pair in enumerate(bench.pairs) if place % FOLDS == fold]
            rows += _on_one_card(bench, tested, model)[0]
        found.append(_measure(rows, bench.pairs))
    return found


def _measure(rows: Sequence[dict[str, Any]], pairs: Sequence[JudgedPair]) -> dict[str, float]:
    said = {frozenset((row["a"], row["b"])) for row in rows if row["duplicate"]}
    true = {frozenset((pair.a, pair.b)) for pair in pairs if pair.duplicate}
    return measures.compare_sets(set(said), set(true))
