"""Whether a sentence makes a promise: its cues, weighed. Pure; one sentence and what stands around it."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from monitoring import weighing
from monitoring.drafting import cues, deadlines, parties
from monitoring.drafting.cues import Cue
from monitoring.weighing import Weights

_EXTRA = (
    "scheduled with deadline",
    "no verb but deadline",
    "deadline ahead",
    "quantity",
    "able subject",
    "unable subject",
    "party named",
    "own words",
    "inside quotation",
    "weak wording",
    "short",
    "firm words",
    "any veto",
    "past tense only",
    "no cue",
    "vetoes",
)
FEATURES = (*cues.PROMISES, *(f"veto: {kind}" for kind in cues.VETOES), *_EXTRA)
_IRREGULAR = (
    r"met|was|were|had|did|opened|began|rose|fell|came|went|made|paid|built|bought|sold|won|lost|took|gave|spoke|left|grew|cost|"
    r"held|kept|said|told|saw|knew|got|found|sat|stood|ran|broke|brought|chose|drew|drove|heard|led|read|rained|set|shook|"
    r"shut|sang|spent|taught|thought|wore|wrote|hit|put|let|stayed"
)
_VERB = re.compile(
    rf"\b(?:is|are|be|been|has|have|will|would|may|might|could|can|should|must|does|do|says|{_IRREGULAR}|\w{{2,}}ed)\b",
    re.IGNORECASE,
)
_FIRM = frozenset({"will", "is to", "pledge", "agree", "money set aside", "promise as a noun", "bound"})
_PAST = re.compile(rf"\b(?:{_IRREGULAR}|\w{{3,}}ed)\b")
_WEIGHTS = Path(__file__).parent.parent / "lexicon" / "weights.json"


@dataclass(frozen=True)
class Reading:
    """What was found in one sentence."""

    promises: tuple[Cue, ...]
    vetoes: tuple[Cue, ...]
    weak: Cue | None
    deadline: deadlines.Deadline | None
    quantities: tuple[str, ...]
    features: dict[str, float]

    @property
    def cue(self) -> Cue | None:
        return self.promises[0] if self.promises else None


@dataclass(frozen=True)
class Model:
    weights: Weights
    promise_from: float


@cache
def shipped() -> Model:
    stored = json.loads(_WEIGHTS.read_text(encoding="utf-8"))["drafting"]
    return Model(weighing.from_json(stored["weights"]), stored["promise_from"])


def as_json(model: Model) -> dict[str, Any]:
    return {"weights": model.weights.as_json(), "promise_from": model.promise_from}


def read(sentence: str, written_on: date | None = None, proper: frozenset[str] = frozenset()) -> Reading:
    """``proper`` are the words that the whole text writes with a capital; see ``parties.proper_words``."""
    deadline = deadlines.find_deadline(sentence, written_on)
    quantities = tuple(deadlines.find_quantities(sentence, deadline.text if deadline else ""))
    promises, scheduled, no_verb = _promises(sentence, deadline)
    vetoes, weak = cues.find_vetoes(sentence), cues.find_weakness(sentence)
    firm = [cue for cue in promises if cue.kind in _FIRM]
    found = dict.fromkeys(FEATURES, 0.0)
    found |= {cue.kind: 1.0 for cue in promises if cue.kind in found}
    found |= {f"veto: {cue.kind}": 1.0 for cue in vetoes}
    found |= _of_parties(sentence, promises, proper)
    found |= _of_wording(sentence, promises)
    found |= {
        "scheduled with deadline": float(scheduled and not firm),
        "no verb but deadline": float(no_verb),
        "deadline ahead": float(bool(promises) and deadline is not None),
        "quantity": float(bool(promises) and bool(quantities)),
        "weak wording": float(weak is not None),
        "firm words": min(3.0, float(len(firm))),
        "any veto": float(bool(vetoes)),
        "vetoes": min(3.0, float(len(vetoes))),
    }
    return Reading(tuple(promises), tuple(vetoes), weak, deadline, quantities, found)


def _promises(sentence: str, deadline: deadlines.Deadline | None) -> tuple[list[Cue], bool, bool]:
    """Cues of a promise; without one, a timetable or a bare target with a date is the cue.

    Also whether there is a timetable with a date or an occasion, and whether there is a date and no verb.
    """
    promises, schedule = cues.find_promises(sentence), cues.find_schedule(sentence)
    has_date = deadline is not None or cues.find_occasion(sentence) is not None
    no_verb = deadline is not None and not promises and not _VERB.search(sentence)
    if not promises and schedule is not None and has_date:
        promises = [schedule]
    if not promises and no_verb and deadline is not None:
        start = sentence.find(deadline.text)
        promises = [Cue("target without a verb", deadline.text, start, start + len(deadline.text))]
    return promises, schedule is not None and has_date, no_verb


def _of_parties(sentence: str, promises: Sequence[Cue], proper: frozenset[str]) -> dict[str, float]:
    subject = parties.subject_of(sentence, promises[0].start) if promises else ""
    able = bool(subject) and parties.can_promise(subject, proper)
    return {
        "able subject": float(able),
        "unable subject": float(bool(subject) and not able),
        "party named": float(bool(promises) and bool(parties.names_in(sentence, proper))),
    }


def _of_wording(sentence: str, promises: Sequence[Cue]) -> dict[str, float]:
    start = promises[0].start if promises else len(sentence)
    return {
        "own words": float(cues.speaks_for_itself(sentence)),
        "inside quotation": float(_in_quotation(sentence, start)),
        "short": float(bool(promises) and len(sentence) < 40),
        "no cue": float(not promises),
        "past tense only": float(not promises and bool(_PAST.search(sentence))),
    }


def score(reading: Reading, model: Model) -> float:
    """Probability that the sentence makes a promise."""
    odds = model.weights.log_odds(np.array([reading.features[name] for name in model.weights.names]))
    return float(weighing.probability(odds))


def train(readings: Sequence[tuple[Reading, bool]], *, ridge: float = 8.0) -> Weights:
    cases = np.array([[reading.features[name] for name in FEATURES] for reading, _ in readings])
    return weighing.fit(FEATURES, cases, np.array([float(right) for _, right in readings]), ridge=ridge)


def _in_quotation(sentence: str, start: int) -> bool:
    before = sentence[:start]
    return before.count("“") > before.count("”") or before.count('"') % 2 == 1
