"""The measures: precision, recall, average precision, false alarms, review load. Plain sets and numbers in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

RECALL_FOR_LOAD = 0.9


@dataclass(frozen=True)
class Ranked:
    """A scored pair of item and commitment; ``suggested`` when it would be shown as likely."""

    item: str
    commitment: str
    score: float
    suggested: bool


def precision_recall(right: int, wrong: int, missed: int) -> dict[str, float]:
    precision = right / (right + wrong) if right + wrong else 0.0
    recall = right / (right + missed) if right + missed else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def compare_sets(found: set[object], gold: set[object]) -> dict[str, float]:
    return precision_recall(len(found & gold), len(found - gold), len(gold - found))


def average_precision(ranked: Iterable[Ranked], gold: set[tuple[str, str]]) -> float:
    """Ties are broken against us, so equal scores never flatter."""
    ordered = sorted(ranked, key=lambda row: (-row.score, (row.item, row.commitment) in gold))
    hits, total = 0, 0.0
    for rank, row in enumerate(ordered, 1):
        if (row.item, row.commitment) in gold:
            hits += 1
            total += hits / rank
    return round(total / len(gold), 4) if gold else 0.0


def load_at_recall(ranked: Iterable[Ranked], gold: set[tuple[str, str]]) -> float | None:
    """Suggestions shown for each right one when 90 per cent of the right ones have been shown."""
    hits = 0
    for seen, row in enumerate(sorted(ranked, key=lambda row: -row.score), 1):
        hits += (row.item, row.commitment) in gold
        if hits >= RECALL_FOR_LOAD * len(gold):
            return round(seen / hits, 2) if hits else None
    return None


def matching(
    ranked: Sequence[Ranked], labels: dict[str, set[str]], commitments: Sequence[str]
) -> dict[str, float | None]:
    """All measures of matching. ``labels`` holds every judged item, irrelevant ones with an empty set."""
    gold = {(item, key) for item, keys in labels.items() for key in keys}
    shown = {(row.item, row.commitment) for row in ranked if row.suggested}
    found: dict[str, float | None] = dict(precision_recall(len(shown & gold), len(shown - gold), len(gold - shown)))
    found["average_precision"] = average_precision(ranked, gold)
    found["macro_f1"] = _macro_f1(shown, gold, commitments)
    irrelevant = [item for item, keys in labels.items() if not keys]
    alarmed = {item for item, _ in shown}
    found["false_alarm_rate"] = _share(sum(item in alarmed for item in irrelevant), len(irrelevant))
    hit = {item for item, _ in shown & gold}
    found["items_hit"] = _share(len(hit), len(labels) - len(irrelevant))
    found["shown_per_right_at_90_recall"] = load_at_recall(ranked, gold)
    return found


def _macro_f1(shown: set[tuple[str, str]], gold: set[tuple[str, str]], commitments: Sequence[str]) -> float:
    each = []
    for key in commitments:
        mine, theirs = {p for p in shown if p[1] == key}, {p for p in gold if p[1] == key}
        each.append(precision_recall(len(mine & theirs), len(mine - theirs), len(theirs - mine))["f1"])
    return round(sum(each) / len(each), 4) if each else 0.0


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def mean(rows: Sequence[dict[str, float | None]]) -> dict[str, float | None]:
    """Mean of each measure over several runs; a measure that a run could not give is left out of its mean."""
    found: dict[str, float | None] = {}
    for name in rows[0] if rows else ():
        values = [value for row in rows if (value := row[name]) is not None]
        found[name] = round(sum(values) / len(values), 4) if values else None
    return found
