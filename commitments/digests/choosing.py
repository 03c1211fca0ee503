"""What a reader asked for, as one short key: `everything`, or `agreement:3,owner:5,sector:2,commitment:9`.

The key is sorted and without doubles, so that readers who want the same get
the same letter, made once.
"""

from collections.abc import Iterable
from dataclasses import dataclass

EVERYTHING = "everything"
KINDS = ("agreement", "owner", "sector", "commitment")
MOST_CHOICES = 60

Choice = tuple[str, int]


@dataclass(frozen=True)
class Scope:
    choices: tuple[Choice, ...] = ()

    @property
    def key(self) -> str:
        return ",".join(f"{kind}:{number}" for kind, number in self.choices) or EVERYTHING

    @property
    def is_everything(self) -> bool:
        return not self.choices


def scope_of(choices: Iterable[tuple[str, int | None]]) -> str:
    """The key of a person's choices; empty without any. `everything` swallows the rest."""
    found = set(choices)
    if not found:
        return ""
    if any(kind == EVERYTHING for kind, _ in found):
        return EVERYTHING
    chosen = sorted((KINDS.index(kind), kind, number or 0) for kind, number in found)
    return Scope(tuple((kind, number) for _, kind, number in chosen)).key


def read(key: str) -> Scope:
    """The scope behind a key. Raises ValueError for a key that this module did not write."""
    if key == EVERYTHING:
        return Scope()
    pairs = (part.split(":") for part in key.split(","))
    choices = tuple((kind, int(number)) for kind, number in pairs)
    if any(kind not in KINDS for kind, _ in choices):
        raise ValueError(f"{key!r} is no scope: a kind is one of {', '.join(KINDS)}")
    return Scope(choices)
