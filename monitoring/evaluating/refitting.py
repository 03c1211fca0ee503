"""The shipped weights, made anew from labelled folders: run it and ``lexicon/weights.json`` says what it found."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from monitoring import grouping, learning, matching
from monitoring.drafting import promising
from monitoring.evaluating import folders, of_drafting, of_matching, of_stories

SHIPPED = Path(__file__).parent.parent / "training"
NEWS = SHIPPED / "news"
"""A second set, written without a look at the lexicon, in the manner of long newspaper summaries."""
RECORD = SHIPPED / "record"
"""For stories: the shipped record's evidence. Pieces with one `origin` tell one event; the other pairs are the three
times as many that are likest in words within a fortnight."""
WEIGHTS = Path(__file__).parent.parent / "lexicon" / "weights.json"
THRESHOLDS = {"text": (0.55, 0.1), "query": (0.55, 0.1)}
"""Where *likely* and *maybe* begin; chosen by cross-validation, see docs/judgement.md."""
SAME_FROM = 0.3
PROMISE_FROM = 0.45


def refit(kind: str, extra: Sequence[Path]) -> None:
    """Fit one part on the shipped training folder and ``extra`` folders, and write it into the weights file."""
    stored = json.loads(WEIGHTS.read_text(encoding="utf-8")) if WEIGHTS.exists() else {}
    sets = [*of_this_project(kind), *extra]
    stored |= {"matching": _matching, "stories": _stories, "drafting": _drafting}[kind](sets)
    WEIGHTS.write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    matching.shipped.cache_clear()
    grouping.shipped.cache_clear()
    promising.shipped.cache_clear()


def of_this_project(kind: str) -> list[Path]:
    """The labelled folders that ship, for one part."""
    return [SHIPPED, *{"matching": [NEWS], "stories": [RECORD]}.get(kind, [])]


def _matching(sets: Sequence[Path]) -> dict[str, Any]:
    found = {}
    for name, with_query in (("text", False), ("query", True)):
        cases = [case for folder in sets for case in of_matching.prepare(folder, with_query=with_query).cases()]
        likely, maybe = THRESHOLDS[name]
        found[name] = learning.train(cases, likely_from=likely, maybe_from=maybe).as_json()
    return found


def _stories(sets: Sequence[Path]) -> dict[str, Any]:
    pairs = [pair for folder in sets for pair in of_stories.prepare(folder).judged()]
    return {"stories": grouping.as_json(grouping.Model(grouping.train(pairs), SAME_FROM))}


def _drafting(sets: Sequence[Path]) -> dict[str, Any]:
    documents = [document for folder in sets for document in folders.documents(folder)]
    weights = promising.train(of_drafting.labelled(documents))
    return {"drafting": promising.as_json(promising.Model(weights, PROMISE_FROM))}
