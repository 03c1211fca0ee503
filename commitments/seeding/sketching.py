"""A new record folder from drafts: every field that the loader wants, every promise a draft for a person to rewrite.

Takes plain values, so that whoever finds promises may use it. What a machine read is marked as such and stays
unpublished: `life: draft` until an editor has put it into the record's own words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from commitments.seeding.schema import FORMAT

REWRITE = "Read by a program. Put title, statement and wordings into your own words, then set life to published."
LONGEST_TITLE = 200
LONGEST_SLUG = 60


@dataclass(frozen=True)
class Document:
    """A piece of coverage: its name, the day it was written where that is known, how many sentences it has."""

    name: str
    written_on: date | None
    sentences: int


@dataclass(frozen=True)
class Said:
    """One sentence of one document, by its number from 1, and how firm it is."""

    document: str
    sentence: int
    firmness: str
    hedge: str


@dataclass(frozen=True)
class Promise:
    who: Sequence[str]
    what: str
    firmness: str
    due_on: date | None
    due_precision: str
    said: Sequence[Said]


class _Written(yaml.SafeDumper):
    """Writes equal values out each time: the loader allows no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class FolderExists(Exception):
    """A sketch never overwrites a record."""


def write(folder: Path, documents: Sequence[Document], promises: Sequence[Promise], today: date) -> list[Path]:
    """Write the six files that a record needs; returns their paths. Raises FolderExists for a folder with files."""
    if folder.exists() and any(folder.iterdir()):
        raise FolderExists(f"{folder} is not empty; name a new folder, a record is never overwritten.")
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, content in _files(slug(folder.resolve().name), documents, promises, today).items():
        path = folder / name
        path.write_text(yaml.dump(content, Dumper=_Written, allow_unicode=True, sort_keys=False, width=110), "utf-8")
        made.append(path)
    return made


def _files(
    name: str, documents: Sequence[Document], promises: Sequence[Promise], today: date
) -> dict[str, dict[str, Any]]:
    refs = {document.name: f"doc-{number}" for number, document in enumerate(documents, 1)}
    made_on = min((document.written_on for document in documents if document.written_on), default=today)
    owners = {who: slug(who) for promise in promises for who in promise.who} or {"Somebody": "somebody"}
    agreement = {"slug": f"{name}-agreement", "title": f"{name}: what was signed", "signed_on": made_on}
    return {
        "record.yaml": {"format": FORMAT, "name": name, "title": name, "as_of": today, "licence": "CC BY 4.0"},
        "parties.yaml": {
            "organisations": [{"slug": short, "name": who} for who, short in owners.items()],
            "sectors": [],
            "agreements": [{**agreement, "binding": False, "parties": sorted(set(owners.values()))}],
        },
        "sources.yaml": {"documents": [_document(one, refs[one.name], made_on) for one in documents]},
        "commitments.yaml": {
            "commitments": [
                _commitment(one, number, name, refs, sorted(set(owners.values())), made_on)
                for number, one in enumerate(promises, 1)
            ]
        },
        "evidence.yaml": {"evidence": []},
        "status.yaml": {"status_changes": []},
    }


def _document(document: Document, ref: str, made_on: date) -> dict[str, Any]:
    where = {"url": document.name} if document.name.startswith(("http://", "https://")) else {"file": document.name}
    on = document.written_on or made_on
    precision = "day" if document.written_on else "approximate"
    dated = {"published_on": on, "date_precision": precision, "sentences": document.sentences}
    return {"ref": ref, "kind": "coverage", "title": document.name[:LONGEST_TITLE], **dated, **where}


def _commitment(
    promise: Promise, number: int, name: str, refs: dict[str, str], everybody: list[str], made_on: date
) -> dict[str, Any]:
    due = {"due_on": promise.due_on, "due_precision": promise.due_precision} if promise.due_on else {}
    wordings = {
        (said.document, said.sentence): {
            "document": refs[said.document],
            "sentence": said.sentence,
            "firmness": said.firmness,
            **({"hedge": said.hedge[:120]} if said.hedge else {}),
            "paraphrase": promise.what,
        }
        for said in promise.said
    }
    next(iter(wordings.values()))["primary"] = True
    return {
        "ref": f"{name[:20].upper()}-{number:02}",
        "slug": f"{slug(promise.what)[:LONGEST_SLUG].strip('-')}-{number:02}",
        "title": promise.what[:LONGEST_TITLE],
        "statement": promise.what,
        "agreement": f"{name}-agreement",
        "owners": [slug(who) for who in promise.who] or everybody[:1],
        "life": "draft",
        "life_note": REWRITE,
        "firmness": promise.firmness,
        "made_on": made_on,
        **due,
        "wordings": list(wordings.values()),
    }


def slug(text: str) -> str:
    """Lower-case letters, digits and single hyphens; never empty."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:80] or "unnamed"
