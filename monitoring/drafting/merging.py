"""Drafts from several texts into one draft for each promise, with every wording and what they disagree about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitoring import comparing, grouping, normalising
from monitoring.drafting import Draft
from monitoring.grouping import Clue
from monitoring.reading import ItemText, Reader

SAME_FROM = 0.33
_ORDER = ("committed", "intended", "exploratory", "aspirational")
_LIST = re.compile(
    r"\b(?:including|such as|across|in|namely|across sectors such as|like)\s(?:\w+\s){0,4}?"
    r"((?:[\w’'-]+(?:\s[\w’'-]+)?,\s){1,6}(?:and\s|or\s)?[\w’'-]+(?:\s(?:and|or)\s[\w’'-]+)?)",
    re.IGNORECASE,
)


_PLAIN = frozenset({"will", "is to", "pledge", "agree"})
_NO_PART = re.compile(
    r"\d|^(?:will|the|that|various|other|several|many|more|with|its|their|a)\b|\b(?:aim|includ|implement|mak|enabl|ensur|focus|enhanc|expand|us)ing\b|^(?:implement|enhance|expand)$"
)
_JOINING = re.compile(r"^(?:and|or|as well as)\s", re.IGNORECASE)
_LEADING = re.compile(r"^(?:including|(?:such )?as|across|namely|like)\s", re.IGNORECASE)


@dataclass(frozen=True)
class Wording:
    """One draft as one text words it; ``sentence_number`` counts from 1."""

    document: str
    sentence_number: int
    draft: Draft


@dataclass
class Merged:
    """One promise with all its wordings, the fullest first."""

    wordings: list[Wording]
    who: list[str] = field(default_factory=list)
    what: str = ""
    quantities: list[str] = field(default_factory=list)
    firmness: str = ""
    disagreements: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    @property
    def lead(self) -> Draft:
        return self.wordings[0].draft

    @property
    def pieces(self) -> list[dict[str, Any]]:
        """Each wording cut at its cue, for showing it marked."""
        return [_cut(wording) for wording in self.wordings]


def _cut(wording: Wording) -> dict[str, Any]:
    sentence, cue = wording.draft.sentence, wording.draft.cue
    start, end = (cue.start, cue.end) if cue else (0, 0)
    return {
        "document": wording.document,
        "number": wording.sentence_number,
        "firmness": wording.draft.firmness,
        "before": sentence[:start],
        "cue": sentence[start:end],
        "after": sentence[end:],
    }


def merge(
    read: Iterable[tuple[str, Sequence[Draft]]], known_as: Callable[[Draft], str | None] = lambda draft: None
) -> list[Merged]:
    """``read`` gives (document, drafts). Two sentences of one text are never merged with each other.

    ``known_as`` names the commitment of the record that a draft surely repeats; two drafts of one name belong together.
    """
    wordings = [Wording(name, draft.place + 1, draft) for name, drafts in read for draft in drafts]
    if not wordings:
        return []
    clues, names = _clues(wordings), [known_as(wording.draft) for wording in wordings]
    groups: list[list[int]] = []
    for number in range(len(wordings)):
        group = _group_for(number, groups, wordings, clues, names)
        if group is None:
            groups.append([number])
        else:
            group.append(number)
    return [_merged([wordings[number] for number in group]) for group in groups]


def _clues(wordings: Sequence[Wording]) -> list[Clue]:
    reader = Reader()
    texts = [ItemText(str(n), w.draft.what, w.draft.sentence) for n, w in enumerate(wordings)]
    readings = [reader.read(text.title, text.summary) for text in texts]
    rarity = comparing.rarity(readings, [])
    return [grouping.clue(text, reading, rarity) for text, reading in zip(texts, readings, strict=True)]


def _group_for(
    number: int,
    groups: list[list[int]],
    wordings: Sequence[Wording],
    clues: Sequence[Clue],
    names: Sequence[str | None],
) -> list[int] | None:
    best, best_score = None, SAME_FROM
    for group in groups:
        if any(wordings[other].document == wordings[number].document for other in group):
            continue
        score = max(_likeness(clues[number], clues[other]) + _same_name(names[number], names[other]) for other in group)
        if score > best_score:
            best, best_score = group, score
    return best


def _same_name(a: str | None, b: str | None) -> float:
    if a is None or b is None:
        return 0.0
    return 0.4 if a == b else -0.15


def _likeness(a: Clue, b: Clue) -> float:
    return 0.6 * grouping.cosine(a.units, b.units) + 0.4 * grouping.cosine(_groups(a), _groups(b))


def _groups(one: Clue) -> dict[str, float]:
    """Its groups of words alone: what a sentence is about, however it is put."""
    return grouping.unit_vector({unit: weight for unit, weight in one.units.items() if unit.startswith("c:")})


def _merged(wordings: list[Wording]) -> Merged:
    ordered = sorted(wordings, key=lambda w: (not _is_plain(w.draft), -w.draft.score, -len(w.draft.sentence)))
    made = Merged(ordered)
    made.who = [name for name, _ in Counter(name for w in ordered for name in w.draft.who).most_common(3)]
    made.what = ordered[0].draft.what
    made.quantities = list(dict.fromkeys(q for w in ordered for q in w.draft.quantities))
    made.firmness = max((w.draft.firmness for w in ordered), key=_ORDER.index)
    made.disagreements = _disagreements(ordered)
    made.parts = parts_of(w.draft.sentence for w in ordered)
    return made


def _is_plain(draft: Draft) -> bool:
    """Whether somebody promises in so many words; *aimed at* and *a pledge of* make poor headings."""
    return draft.cue is not None and draft.cue.kind in _PLAIN


def _disagreements(wordings: Sequence[Wording]) -> list[str]:
    """Where the texts differ: how firm, by when, how much."""
    found = []
    for name, value in (("firmness", _firmness), ("deadline", _deadline), ("numbers", _numbers)):
        said: dict[str, list[str]] = {}
        for wording in wordings:
            said.setdefault(value(wording.draft), []).append(wording.document)
        if len(said) > 1:
            parts = (f"{what or 'none'} ({', '.join(dict.fromkeys(names))})" for what, names in said.items())
            found.append(f"{name}: {'; '.join(parts)}")
    return found


def _firmness(draft: Draft) -> str:
    return draft.firmness


def _deadline(draft: Draft) -> str:
    return draft.deadline.text if draft.deadline else ""


def _numbers(draft: Draft) -> str:
    return ", ".join(sorted(set(re.findall(r"\d[\d,.]*\d|\d", " ".join(draft.quantities)))))


def parts_of(sentences: Iterable[str]) -> list[str]:
    """Things that one sentence promises side by side, as *justice, defence, education and security*."""
    found: list[str] = []
    for sentence in sentences:
        for match in _LIST.finditer(sentence):
            lead = _LEADING.match(match.group(1))
            start = match.start(1) + (lead.end() if lead else 0)
            for piece in re.split(r",\s*(?:and\s|or\s)?|\s(?:and|or)\s", sentence[start : match.end(1)]):
                part = _JOINING.sub("", piece.strip()).lower()
                if len(part) > 3 and len(part.split()) <= 3 and not _NO_PART.search(part):
                    found.append(normalising.one_spelling(part))
    return list(dict.fromkeys(found))
