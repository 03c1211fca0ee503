"""A text cut into pieces for highlighting: what is marked and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Piece:
    """``why`` is empty for plain text, else what the words were marked for."""

    text: str
    why: str = ""


def pieces(text: str, hits: Iterable[Mapping[str, Any]], field: str) -> list[Piece]:
    """Pieces of ``text`` in order. A hit whose words no longer stand there (the item was edited) is left out."""
    found: list[Piece] = []
    at = 0
    for hit in sorted((hit for hit in hits if hit.get("field") == field), key=lambda hit: int(hit["start"])):
        start, end = int(hit["start"]), int(hit["end"])
        if start < at or text[start:end] != hit.get("text"):
            continue
        if start > at:
            found.append(Piece(text[at:start]))
        found.append(Piece(text[start:end], str(hit.get("why") or "subject")))
        at = end
    if at < len(text):
        found.append(Piece(text[at:]))
    return found
