"""The watch query: AND, OR, NOT, quotes, brackets and NEAR, read into a tree; `placing` asks it of words.

    "AI Research Resource" OR (compute AND (twenty OR 20x)) NOT games
    OpenAI NEAR/5 London

Words side by side without an operator mean AND. Words are compared by stem, so *zone* finds *zones*.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeGuard

from monitoring.normalising import Word, stems_of

LONGEST_QUERY = 200_000
MOST_TERMS = 20_000
DEEPEST_BRACKETS = 50
NEAR_BY_DEFAULT = 8
FARTHEST_NEAR = 50
BREAK = Word("\x00", 0, 0)
"""Stands between two texts that are asked together, so that no phrase runs from one into the other."""

_TOKEN = re.compile(r"\s+|(?P<open>\()|(?P<close>\))|(?P<quote>[\"“”])|(?P<word>[^\s()\"“”]+)")
_NEAR = re.compile(r"NEAR(?:/(\d+))?$")


class QueryError(ValueError):
    """What is wrong with a query and at which character (from 0)."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(f"{message} (character {at + 1})")
        self.message, self.at = message, at


@dataclass(frozen=True)
class Term:
    """A word or a quoted phrase, as stems."""

    stems: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Not:
    part: "Node"


@dataclass(frozen=True)
class And:
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    parts: tuple["Node", ...]

    @cached_property
    def stems(self) -> frozenset[str]:
        """Its parts that are one word each: a text that has any of them satisfies it."""
        return frozenset(part.stems[0] for part in self.parts if _is_one_word(part))

    @cached_property
    def longer(self) -> tuple["Node", ...]:
        return tuple(part for part in self.parts if not _is_one_word(part))


@dataclass(frozen=True)
class Near:
    left: Term
    right: Term
    distance: int


Node = Term | Not | And | Or | Near


def _is_one_word(node: Node) -> TypeGuard[Term]:
    return isinstance(node, Term) and len(node.stems) == 1


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int
    end: int


def parse(query: str) -> Node | None:
    """The tree of ``query``; None when it is blank. Raises QueryError at the offending character."""
    if len(query) > LONGEST_QUERY:
        raise QueryError(f"The query is longer than {LONGEST_QUERY:,} characters; shorten it", LONGEST_QUERY)
    tokens = list(_tokens(query))
    if not tokens:
        return None
    terms = [token for token in tokens if token.kind == "term"]
    if len(terms) > MOST_TERMS:
        raise QueryError(f"The query has more than {MOST_TERMS:,} terms; shorten it", terms[MOST_TERMS].at)
    reader = _Reader(tokens, len(query))
    tree = reader.read_or(0)
    if reader.here is not None:
        raise QueryError("This bracket closes nothing; remove it or add “(” before it", reader.here.at)
    if _always_true_of_nothing(tree):
        raise QueryError("A query of NOT alone would match almost everything; add a word to look for", tokens[0].at)
    return tree


def _tokens(query: str) -> Iterator[_Token]:
    at = 0
    while at < len(query):
        match = _TOKEN.match(query, at)
        assert match is not None
        kind, at, end = match.lastgroup, match.start(), match.end()
        if kind == "quote":
            end = _closing_quote(query, at)
            yield _term(query[at + 1 : end - 1], at, end)
        elif kind in ("open", "close"):
            yield _Token(kind, match.group(), at, end)
        elif kind == "word":
            yield _word(match.group(), at, end)
        at = end


def _closing_quote(query: str, at: int) -> int:
    for place in range(at + 1, len(query)):
        if query[place] in '"“”':
            return place + 1
    raise QueryError("This quotation mark is never closed", at)


def _word(text: str, at: int, end: int) -> _Token:
    if text in ("AND", "OR", "NOT"):
        return _Token(text.lower(), text, at, end)
    near = _NEAR.match(text)
    if near:
        distance = int(near.group(1) or NEAR_BY_DEFAULT)
        if not 1 <= distance <= FARTHEST_NEAR:
            raise QueryError(f"NEAR takes a distance from 1 to {FARTHEST_NEAR} words", at)
        return _Token("near", str(distance), at, end)
    return _term(text, at, end)


def _term(text: str, at: int, end: int) -> _Token:
    if not stems_of(text):
        raise QueryError("There is no word here to look for", at)
    return _Token("term", text, at, end)


class _Reader:
    """Recursive descent: OR binds loosest, then AND, then NOT, then NEAR."""

    def __init__(self, tokens: Sequence[_Token], length: int) -> None:
        self._tokens, self._at, self._length = tokens, 0, length

    @property
    def here(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def read_or(self, depth: int) -> Node:
        parts = [self._read_and(depth)]
        while self._take("or"):
            parts.append(self._read_and(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _read_and(self, depth: int) -> Node:
        parts = [self._read_not(depth)]
        while self.here is not None and self.here.kind not in ("or", "close"):
            self._take("and")
            parts.append(self._read_not(depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _read_not(self, depth: int) -> Node:
        if self._take("not"):
            return Not(self._read_near(depth))
        return self._read_near(depth)

    def _read_near(self, depth: int) -> Node:
        left = self._read_part(depth)
        token = self.here
        if token is None or token.kind != "near":
            return left
        self._at += 1
        right = self._read_part(depth)
        if not (isinstance(left, Term) and isinstance(right, Term)):
            raise QueryError("NEAR stands between two words or quoted phrases, not brackets", token.at)
        return Near(left, right, int(token.text))

    def _read_part(self, depth: int) -> Node:
        token = self.here
        if token is None:
            raise QueryError("The query ends here, but a word should follow", self._length)
        self._at += 1
        if token.kind == "term":
            return Term(tuple(stems_of(token.text)), token.text)
        if token.kind == "open":
            return self._read_brackets(token, depth + 1)
        if token.kind == "close":
            raise QueryError("A word should stand before this bracket", token.at)
        name = token.text if token.kind != "near" else "NEAR"
        raise QueryError(f"{name} needs a word on both sides" if name != "NOT" else "NOT NOT says nothing", token.at)

    def _read_brackets(self, opening: _Token, depth: int) -> Node:
        if depth > DEEPEST_BRACKETS:
            raise QueryError(f"Brackets are nested more than {DEEPEST_BRACKETS} deep", opening.at)
        inside = self.read_or(depth)
        if not self._take("close"):
            raise QueryError("This bracket is never closed; add “)”", opening.at)
        return inside

    def _take(self, kind: str) -> bool:
        if self.here is not None and self.here.kind == kind:
            self._at += 1
            return True
        return False


def _always_true_of_nothing(node: Node) -> bool:
    """Whether the query would match a text with no word in it."""
    if isinstance(node, Not):
        return not _always_true_of_nothing(node.part)
    if isinstance(node, And):
        return all(_always_true_of_nothing(part) for part in node.parts)
    if isinstance(node, Or):
        return any(_always_true_of_nothing(part) for part in node.parts)
    return False


def terms_of(node: Node | None) -> list[Term]:
    """Terms that the query looks for, those after NOT left out."""
    if node is None or isinstance(node, Not):
        return []
    if isinstance(node, Term):
        return [node]
    if isinstance(node, Near):
        return [node.left, node.right]
    return [term for part in node.parts for term in terms_of(part)]
