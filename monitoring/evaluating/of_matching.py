"""Matching measured: cold, cross-validated, and after editors' decisions."""

import math
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitoring import explaining, grouping, learning, matching, weighing
from monitoring.evaluating import folders, measures, of_stories
from monitoring.evaluating.folders import LabelledItem
from monitoring.evaluating.measures import Ranked
from monitoring.learning import Case, Examples
from monitoring.matching import Match, Matcher, Model
from monitoring.reading import CommitmentText, ItemText

ORDERS = 10
BATCH, BATCH_UNSURE = 10, 2
FOLDS = 6


@dataclass
class Bench:
    """One folder, matched once: the matches of every item, to be scored by any model."""

    commitments: list[CommitmentText]
    items: list[LabelledItem]
    matcher: Matcher
    matches: dict[str, list[Match]]
    with_query: bool
    stories: dict[str, str]

    @property
    def labels(self) -> dict[str, set[str]]:
        return {item.text.id: set(item.labels) for item in self.items}

    def cases(self) -> list[Case]:
        return [Case(self.matches[item.text.id], item.labels) for item in self.items]


def prepare(folder: Path, *, with_query: bool) -> Bench:
    commitments, items = folders.commitments(folder), folders.items(folder)
    matcher = Matcher(commitments, [item.text for item in items], with_query=with_query)
    matches = {item.text.id: matcher.compare(item.text, matcher.read(item.text)) for item in items}
    clues = list(of_stories.clues_of([item.text for item in items]).values())
    return Bench(commitments, items, matcher, matches, with_query, of_stories.group(clues, grouping.shipped()))


def cold(bench: Bench) -> tuple[list[Ranked], dict[str, float | None]]:
    """Scores and measures with the shipped weights and no decision."""
    bench.matcher.models = None
    ranked = rank(bench, [item.text.id for item in bench.items])
    return ranked, measures.matching(ranked, bench.labels, [c.key for c in bench.commitments])


def rank(bench: Bench, items: Iterable[str]) -> list[Ranked]:
    """Scores of the items, each lifted towards the likeliest of the same story among them."""
    decided: list[Match] = []
    likeliest: dict[tuple[str, str], float] = defaultdict(lambda: -math.inf)
    for item in items:
        bench.matcher.decide(bench.matches[item])
        for match in bench.matches[item]:
            pair = (bench.stories[item], match.commitment)
            likeliest[pair] = max(likeliest[pair], match.log_odds)
            decided.append(match)
    return [_ranked(bench, match, likeliest[bench.stories[match.item], match.commitment]) for match in decided]


def _ranked(bench: Bench, match: Match, likeliest: float) -> Ranked:
    score = weighing.chance(matching.lifted(match.log_odds, likeliest))
    suggested = score >= bench.matcher.model_of(match.commitment).likely_from
    return Ranked(match.item, match.commitment, score, suggested)


def reasons_naming_words(bench: Bench) -> float:
    """Share of shown suggestions whose reason names words that stand in the item where it says."""
    shown = right = 0
    for item in bench.items:
        for match in bench.matches[item.text.id]:
            if match.score >= bench.matcher.model_of(match.commitment).maybe_from:
                shown += 1
                right += _true_to(item.text, explaining.explain(match, bench.matcher))
    return round(right / shown, 4) if shown else 1.0


def _true_to(item: ItemText, reason: explaining.Reason) -> bool:
    texts = {"title": item.title, "summary": item.summary}
    return bool(reason.hits) and all(texts[h["field"]][h["start"] : h["end"]] == h["text"] for h in reason.hits)


def cross_validate(benches: Sequence[Bench], *, by: str) -> list[dict[str, float | None]]:
    """Measures of each bench when no item (or no commitment) was both trained on and scored."""
    found = []
    for bench in benches:
        others = [case for other in benches if other is not bench for case in other.cases()]
        rows: list[Ranked] = []
        for fold in range(FOLDS):
            train, test = _split(bench, fold, by)
            model = learning.train([*others, *train], likely_from=matching.shipped(bench.with_query).likely_from)
            bench.matcher.models = (model, model)
            wanted = dict(test)
            rows += [row for row in rank(bench, wanted) if row.commitment in wanted[row.item]]
        found.append(measures.matching(rows, bench.labels, [c.key for c in bench.commitments]))
    return found


def _split(bench: Bench, fold: int, by: str) -> tuple[list[Case], list[tuple[str, set[str]]]]:
    keys = [commitment.key for commitment in bench.commitments]
    if by == "items":
        train = [case for place, case in enumerate(bench.cases()) if place % FOLDS != fold]
        return train, [(i.text.id, set(keys)) for place, i in enumerate(bench.items) if place % FOLDS == fold]
    held = {key for place, key in enumerate(keys) if place % FOLDS == fold}
    train = [Case([m for m in case.matches if m.commitment not in held], case.labels) for case in bench.cases()]
    return train, [(item.text.id, held) for item in bench.items]


def after_decisions(bench: Bench, decisions: int) -> dict[str, float | None]:
    """Mean over ten orders: half of the items are decided about, the others are measured."""
    return measures.mean([_one_order(bench, decisions, seed) for seed in range(ORDERS)])


def _one_order(bench: Bench, decisions: int, seed: int) -> dict[str, float | None]:
    ids = [item.text.id for item in bench.items]
    random.Random(seed).shuffle(ids)
    queue, test = set(ids[: len(ids) // 2]), set(ids[len(ids) // 2 :])
    prior = (matching.shipped(False), matching.shipped(True))
    examples = _decide(bench, [i for i in ids if i in queue], decisions, prior)
    for item in test:
        examples.note(bench.matches[item])
    rows = rank(bench, test)
    labels = {item: keys for item, keys in bench.labels.items() if item in test}
    _forget(bench)
    return measures.matching(rows, labels, [c.key for c in bench.commitments])


def _decide(bench: Bench, queue: Sequence[str], decisions: int, prior: tuple[Model, Model]) -> Examples:
    """Play an editor: batches of the likeliest pairs with a few unsure ones, refitting after each batch."""
    examples = Examples(bench.matcher.comparer.rarity)
    bench.matcher.models = prior
    decided: list[tuple[Match, bool]] = []
    taken: set[tuple[str, str]] = set()
    while len(decided) < decisions:
        waiting = []
        for item in queue:
            examples.note(bench.matches[item])
            bench.matcher.decide(bench.matches[item])
            waiting += [m for m in bench.matches[item] if (m.item, m.commitment) not in taken]
        batch = _next_batch(waiting)[: decisions - len(decided)]
        if not batch:
            break
        for match in batch:
            right = match.commitment in bench.labels[match.item]
            taken.add((match.item, match.commitment))
            decided.append((match, right))
            if match.reading is not None:
                examples.add(match.commitment, match.reading, right=right)
        bench.matcher.models = learning.learn(bench.matcher, decided, examples, prior)
    return examples


def _next_batch(waiting: list[Match]) -> list[Match]:
    waiting.sort(key=lambda match: -match.score)
    top = waiting[: BATCH - BATCH_UNSURE]
    unsure = sorted(waiting[BATCH - BATCH_UNSURE :], key=lambda match: abs(match.log_odds))[:BATCH_UNSURE]
    return top + unsure


def _forget(bench: Bench) -> None:
    for matches in bench.matches.values():
        for match in matches:
            match.second.clear()
