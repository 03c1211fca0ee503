"""What changed on a page, in lines that a person can read and matching can search."""

from __future__ import annotations

import difflib
import html
from dataclasses import dataclass

MOST_LINES = 200
MOST_COMPARED = 4_000


@dataclass(frozen=True, slots=True)
class Difference:
    added: tuple[str, ...]
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)

    def as_html(self) -> str:
        """Escaped; new lines first, then the lines that went."""
        parts = [
            f"<p><strong>{label}</strong></p><ul>{''.join(f'<li>{html.escape(line)}</li>' for line in lines)}</ul>"
            for label, lines in (("Now says:", self.added), ("No longer says:", self.removed))
            if lines
        ]
        return "".join(parts)


def compare(before: str, after: str) -> Difference:
    """Lines that came and went, in the order of the page; a line that only moved is neither."""
    old, new = before.splitlines()[:MOST_COMPARED], after.splitlines()[:MOST_COMPARED]
    added: list[str] = []
    removed: list[str] = []
    for line in difflib.unified_diff(old, new, lineterm="", n=0):
        if line.startswith("+") and not line.startswith("+++"):
            added.append(line[1:])
        elif line.startswith("-") and not line.startswith("---"):
            removed.append(line[1:])
    kept, gone = set(old), set(new)
    return Difference(
        tuple(line for line in added if line not in kept)[:MOST_LINES],
        tuple(line for line in removed if line not in gone)[:MOST_LINES],
    )
