"""Labelled folders: commitments.jsonl, items.jsonl, duplicates.jsonl, and extraction documents as *.json."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from monitoring.reading import CommitmentText, ItemText


class FolderError(Exception):
    """The folder or a line of it cannot be read; the message says which and why."""


@dataclass(frozen=True)
class LabelledItem:
    text: ItemText
    labels: frozenset[str]


@dataclass(frozen=True)
class JudgedPair:
    a: str
    b: str
    duplicate: bool


def commitments(folder: Path) -> list[CommitmentText]:
    return [_commitment(row) for row in _rows(folder / "commitments.jsonl")]


def items(folder: Path) -> list[LabelledItem]:
    return [LabelledItem(_item(row), frozenset(row.get("labels") or ())) for row in _rows(folder / "items.jsonl")]


def pairs(folder: Path) -> list[JudgedPair]:
    return [JudgedPair(row["a"], row["b"], bool(row["duplicate"])) for row in _rows(folder / "duplicates.jsonl")]


def documents(folder: Path) -> list[dict[str, Any]]:
    """Documents of the folder itself, or of its ``extraction`` folder."""
    paths = sorted(folder.glob("*.json")) or sorted((folder / "extraction").glob("*.json"))
    found = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    found = [document for document in found if isinstance(document, dict) and "sentences" in document]
    if not found:
        raise FolderError(f"{folder} holds no documents: expected *.json with “sentences”, there or in extraction/")
    return found


def write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _commitment(row: Mapping[str, Any]) -> CommitmentText:
    owed_by = row.get("owed_by") or ""
    owners = owed_by.split(";") if isinstance(owed_by, str) else owed_by
    return CommitmentText(
        key=row["key"],
        title=row["title"],
        description=row.get("description") or "",
        owed_by=tuple(owner.strip() for owner in owners if owner.strip()),
        sector=row.get("sector") or "",
        query=row.get("query") or "",
    )


def _item(row: Mapping[str, Any]) -> ItemText:
    day = date.fromisoformat(row["date"][:10]) if row.get("date") else None
    return ItemText(row["id"], row.get("title") or "", row.get("summary") or "", row.get("publisher") or "", day)


def _rows(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        raise FolderError(f"{path} is missing; give a folder in the format of the development set")
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                found.append(json.loads(line))
            except ValueError as error:
                raise FolderError(f"{path.name} line {number} is not JSON: {error}") from error
    return found
