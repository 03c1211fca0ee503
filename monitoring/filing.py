"""Drafts become a new record folder: what the drafter read, in the shape that the loader of records wants."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from commitments.seeding import sketching
from monitoring.covering import Result
from monitoring.drafting import sentences
from monitoring.drafting.merging import Merged


def write(folder: Path, result: Result, today: date) -> list[Path]:
    """Every draft as an unpublished commitment; returns the files. Raises `sketching.FolderExists`."""
    documents = [
        sketching.Document(one.name, one.written_on, len(sentences.split(one.text))) for one in result.documents
    ]
    return sketching.write(folder, documents, [_promise(found.merged) for found in result.drafts], today)


def _promise(merged: Merged) -> sketching.Promise:
    deadline = merged.lead.deadline
    on, precision = (deadline.on, deadline.precision) if deadline else (None, "")
    said = [
        sketching.Said(
            one.document, one.sentence_number, one.draft.firmness, one.draft.cue.text if one.draft.cue else ""
        )
        for one in merged.wordings
    ]
    return sketching.Promise(merged.who, merged.what, merged.firmness, on, precision, said)
