"""Drafts of commitments from coverage: read files and addresses, merge what they say, compare with the record.

Nothing is stored: what a person makes of a draft is typed into the record like any commitment.
"""

# ruff: noqa: E501  (a long pattern is easier to read on one line)

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from commitments.models import Commitment
from monitoring import drafting, gathering, parsing, polling, preparing, visiting
from monitoring.drafting import Draft, merging, sentences
from monitoring.drafting.merging import Merged
from monitoring.matching import Matcher
from monitoring.parsing import Job, Kind
from monitoring.reading import ItemText

MOST_BYTES = 2_000_000
MOST_DOCUMENTS = 20
KNOWN_FROM = 0.25
PART_KNOWN_FROM = 0.1
SURELY_FROM = 0.8
_MOST_KNOWN = 6
_MOST_OF_A_PART = 3
_DATE = re.compile(
    r"\b(?:(?P<day>\d{1,2}) (?P<month>January|February|March|April|May|June|July|August|September|October|November|December)"
    r"|(?P<month2>January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)\.? (?P<day2>\d{1,2}),?)\s(?P<year>20\d\d)\b"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class CannotRead(Exception):
    """A file or address that cannot be read; the message says which and why."""


@dataclass(frozen=True)
class Document:
    """A text to be read: ``name`` is how its wordings are cited."""

    name: str
    text: str
    written_on: date | None = None


@dataclass(frozen=True)
class Known:
    """A commitment of the record that a draft may repeat."""

    ref: str
    title: str
    score: float


@dataclass(frozen=True)
class Found:
    merged: Merged
    known: list[Known]
    parts: dict[str, list[Known]]


@dataclass(frozen=True)
class Refused:
    """A sentence with the words of a promise that was not taken, and what spoke against it."""

    document: str
    sentence: str
    vetoes: list[str]


@dataclass
class Result:
    documents: list[Document]
    drafts: list[Found] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def open_all(sources: Sequence[str]) -> list[Document]:
    if len(sources) > MOST_DOCUMENTS:
        raise CannotRead(f"{len(sources)} texts at once are too many; give at most {MOST_DOCUMENTS}.")
    return [open_one(source) for source in sources]


def open_one(source: str) -> Document:
    """A file, or an address fetched by the same rules as every source."""
    if source.startswith(("http://", "https://")):
        return open_address(source)
    path = Path(source)
    try:
        with path.open("rb") as file:
            body = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise CannotRead(f"{source} is no address and cannot be read as a file: {error}") from error
    return from_bytes(path.name, body)


def from_bytes(name: str, body: bytes) -> Document:
    if len(body) > MOST_BYTES:
        raise CannotRead(f"{name} is larger than {MOST_BYTES // 1_000_000} MB.")
    if b"\x00" in body[:4000]:
        raise CannotRead(f"{name} is not a text: save it as plain text or HTML first.")
    if re.match(rb"\s*<(?:!doctype|html|head|body|p|div|article)\b", body[:500], re.IGNORECASE):
        return _page(name, body, "text/html")
    text = body.decode("utf-8", "replace")
    return Document(name, text, date_in(text))


def open_address(address: str) -> Document:
    fetched = asyncio.run(visiting.fetch_once(address, polling.manners()))
    if not fetched.ok:
        raise CannotRead(f"{address}: {fetched.error or f'the answer was {fetched.status}.'}")
    parsed = parsing.parse(gathering.job_for(Kind.PAGE, fetched, ""))
    if parsed.error:
        raise CannotRead(f"{address}: {parsed.error}")
    return Document(address, parsed.page_text, date_in(parsed.page_text))


def _page(name: str, body: bytes, content_type: str) -> Document:
    parsed = parsing.parse(Job(Kind.PAGE, body, content_type=content_type))
    if parsed.error:
        raise CannotRead(f"{name}: {parsed.error}")
    return Document(name, parsed.page_text, date_in(parsed.page_text))


def date_in(text: str) -> date | None:
    """The first full date near the top: when the text was written, as far as one can tell."""
    match = _DATE.search(text[:3000])
    if match is None:
        return None
    month = _MONTHS.index((match["month"] or match["month2"])[:3].lower()) + 1
    try:
        return date(int(match["year"]), month, int(match["day"] or match["day2"]))
    except ValueError:
        return None


def draft(documents: Sequence[Document], matcher: Matcher | None) -> Result:
    """Merged drafts of all documents; ``matcher`` knows the record, None when there is none to compare with."""
    read = []
    result = Result(list(documents))
    for document in documents:
        texts = sentences.split(document.text)
        read.append((document.name, drafting.read_sentences(texts, written_on=document.written_on)))
        result.refused += [
            Refused(document.name, sentence, [f"{cue.kind} (“{cue.text}”)" for cue in reading.vetoes])
            for _, sentence, reading in drafting.vetoed(texts, written_on=document.written_on)
        ]
    names = titles_of(matcher)

    def known_as(one: Draft) -> str | None:
        known = _known(one.what, one.sentence, matcher, names)
        return known[0].ref if known and known[0].score >= SURELY_FROM else None

    for merged in merging.merge(read, known_as):
        parts = {part: _part_known(part, matcher, names) for part in merged.parts}
        result.drafts.append(Found(merged, _known(merged.what, merged.lead.sentence, matcher, names), parts))
    return result


def titles_of(matcher: Matcher | None) -> dict[str, tuple[str, str]]:
    if matcher is None:
        return {}
    return {str(row.pk): (row.ref, row.title) for row in Commitment.objects.watched()}


def _part_known(part: str, matcher: Matcher | None, names: dict[str, tuple[str, str]]) -> list[Known]:
    """Commitments whose subject a part of a list is. One word says nothing else, so nothing else is asked."""
    if matcher is None:
        return []
    item = ItemText("part", part)
    found = [
        Known(*names[match.commitment], score=round(match.features["subject"], 2))
        for match in matcher.compare(item, matcher.read(item))
        if match.features["subject"] >= PART_KNOWN_FROM and match.commitment in names
    ]
    return sorted(found, key=lambda known: -known.score)[:_MOST_OF_A_PART]


def _known(title: str, summary: str, matcher: Matcher | None, names: dict[str, tuple[str, str]]) -> list[Known]:
    if matcher is None:
        return []
    matches = matcher.find_matches(ItemText("draft", title, summary))
    found = [
        Known(*names[match.commitment], score=round(match.score, 2))
        for match in matches
        if match.score >= KNOWN_FROM and match.commitment in names
    ]
    return found[:_MOST_KNOWN]


def record_matcher(now: datetime) -> Matcher | None:
    """The matcher over the record's commitments; None while the record is empty."""
    made = preparing.matcher(now)
    return made if made.commitments else None


def as_plain(result: Result) -> dict[str, Any]:
    return {
        "documents": [
            {"name": d.name, "written_on": d.written_on.isoformat() if d.written_on else None} for d in result.documents
        ],
        "drafts": [_plain_draft(found) for found in result.drafts],
        "refused": [{"document": r.document, "sentence": r.sentence, "vetoes": r.vetoes} for r in result.refused],
    }


def _plain_draft(found: Found) -> dict[str, Any]:
    merged, deadline = found.merged, found.merged.lead.deadline
    return {
        "who": merged.who,
        "what": merged.what,
        "quantity": merged.quantities,
        "deadline": deadline.text if deadline else None,
        "due_on": deadline.on.isoformat() if deadline and deadline.on else None,
        "due_precision": deadline.precision if deadline else "",
        "firmness": merged.firmness,
        "score": merged.lead.score,
        "wordings": [
            {
                "document": w.document,
                "sentence": w.sentence_number,
                "text": w.draft.sentence,
                "cue": w.draft.cue.text if w.draft.cue else None,
                "cue_at": [w.draft.cue.start, w.draft.cue.end] if w.draft.cue else None,
                "firmness": w.draft.firmness,
                "deadline": w.draft.deadline.text if w.draft.deadline else None,
            }
            for w in merged.wordings
        ],
        "disagreements": merged.disagreements,
        "like_commitments": [{"ref": k.ref, "title": k.title, "score": k.score} for k in found.known],
        "parts": {part: [k.ref for k in known] for part, known in found.parts.items()},
    }


def lines(result: Result) -> Iterable[str]:
    """For the terminal."""
    for number, found in enumerate(result.drafts, 1):
        merged, deadline = found.merged, found.merged.lead.deadline
        yield f"{number}. {merged.what}"
        yield f"   who: {', '.join(merged.who) or 'not said'} · {merged.firmness}"
        if merged.quantities or deadline:
            due = (
                f"{deadline.text}{f' → {deadline.on} ({deadline.precision})' if deadline.on else ''}"
                if deadline
                else "–"
            )
            yield f"   how much: {', '.join(merged.quantities) or '–'} · by when: {due}"
        for wording in merged.wordings:
            cue = f" [{wording.draft.cue.text}]" if wording.draft.cue else ""
            yield f"   {wording.document} s{wording.sentence_number} ({wording.draft.firmness}){cue}: {wording.draft.sentence}"
        yield from (f"   they differ on {text}" for text in merged.disagreements)
        if found.known:
            yield "   may be known as " + "; ".join(f"{k.ref} {k.title} ({k.score})" for k in found.known)
        for part, known in found.parts.items():
            yield f"   part “{part}”{': ' + ', '.join(k.ref for k in known) if known else ''}"
    for refused in result.refused:
        yield f"not taken: {refused.sentence} — {', '.join(refused.vetoes)} ({refused.document})"
