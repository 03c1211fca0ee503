"""Commitment drafts from a text: the promise, who owes it, what, how much and by when. Pure; a person decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitoring.drafting import deadlines, firmness, parties, promising, sentences
from monitoring.drafting.cues import Cue
from monitoring.drafting.deadlines import Deadline
from monitoring.drafting.promising import Model


@dataclass(frozen=True)
class Draft:
    """One promise read in one sentence. ``place`` counts sentences of its text from 0."""

    place: int
    sentence: str
    score: float
    cue: Cue | None
    who: tuple[str, ...]
    what: str
    quantities: tuple[str, ...]
    deadline: Deadline | None
    firmness: str
    vetoes: tuple[Cue, ...]


def read_text(text: str, *, written_on: date | None = None) -> list[Draft]:
    return read_sentences(sentences.split(text), written_on=written_on)


def read_sentences(texts: Sequence[str], *, written_on: date | None = None, model: Model | None = None) -> list[Draft]:
    """Drafts of the sentences that make a promise, in their order."""
    model = model or promising.shipped()
    known = parties.Parties(parties.proper_words(texts))
    drafts = []
    for place, sentence in enumerate(texts):
        reading = promising.read(sentence, written_on, known.proper)
        score = promising.score(reading, model)
        if score >= model.promise_from:
            drafts.append(_draft(place, sentence, score, reading, known))
        known.meet(sentence)
    return drafts


def vetoed(texts: Sequence[str], *, written_on: date | None = None) -> list[tuple[int, str, promising.Reading]]:
    """Sentences with a cue that were not taken, with the words that spoke against them."""
    found, proper = [], parties.proper_words(texts)
    for place, sentence in enumerate(texts):
        reading = promising.read(sentence, written_on, proper)
        if (
            reading.promises
            and reading.vetoes
            and promising.score(reading, promising.shipped()) < promising.shipped().promise_from
        ):
            found.append((place, sentence, reading))
    return found


def _draft(place: int, sentence: str, score: float, reading: promising.Reading, known: parties.Parties) -> Draft:
    start = reading.cue.start if reading.cue else len(sentence)
    return Draft(
        place,
        sentence,
        round(score, 3),
        reading.cue,
        tuple(parties.who_owes(sentence, start, known)),
        firmness.what_is_promised(sentence, reading.cue),
        reading.quantities,
        reading.deadline or deadlines.find_undated(sentence),
        firmness.firmness_of(sentence, reading),
        reading.vetoes,
    )
