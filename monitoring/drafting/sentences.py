"""A text into sentences: numbered, with headings, list items and page furniture told apart from prose."""

import re

_ABBREVIATIONS = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sir|Lord|No|Nos|vs|etc|approx|est|Inc|Ltd|Co|Corp|Jr|Sr|U\.S|U\.K|e\.g|i\.e|a\.m|p\.m)\.$"
)
_END = re.compile(r"([.!?…]+[\"”’')\]]*(?:\s*\[\d+\])*)(\s+)(?=[\"“‘'(\[]?[A-Z0-9£$€])")
_REFERENCE = re.compile(r"\s*\[\d{1,3}\]")
LONGEST = 400_000


def split(text: str) -> list[str]:
    """Sentences of ``text`` in order. A line break ends a sentence; ``[12]`` reference marks are dropped."""
    found: list[str] = []
    for line in text[:LONGEST].splitlines():
        found += _split_line(line.strip().lstrip("•*–- ").strip())
    return [sentence for sentence in found if re.search(r"\w", sentence)]


def _split_line(line: str) -> list[str]:
    found, start = [], 0
    for match in _END.finditer(line):
        piece = line[start : match.end(1)]
        if _ABBREVIATIONS.search(piece):
            continue
        found.append(_tidy(piece))
        start = match.end()
    rest = _tidy(line[start:])
    return [*found, rest] if rest else found


def _tidy(sentence: str) -> str:
    return _REFERENCE.sub("", sentence).strip()
