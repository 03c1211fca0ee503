"""Lost and doubled: what must be there, beside what is there. Plain values in, plain values out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Tally:
    """All zero, or the house has failed. `unexplained`: a letter handed over twice without a word in its row."""

    items_lost: int = 0
    items_doubled: int = 0
    decisions_lost: int = 0
    decisions_doubled: int = 0
    letters_lost: int = 0
    letters_doubled: int = 0
    unexplained: int = 0
    untold: int = 0

    def __str__(self) -> str:
        found = [f"{getattr(self, one.name)} {one.name.replace('_', ' ')}" for one in fields(self)]
        return ", ".join(one for one in found if not one.startswith("0 ")) or "nothing"

    @property
    def is_clean(self) -> bool:
        return self == Tally()


def missing_and_more(expected: Iterable[str], found: Iterable[str]) -> tuple[int, int]:
    """How many of the expected are missing, and how many copies too many there are (strangers count as such)."""
    want, have = Counter(list(expected)), Counter(list(found))  # of a mapping, its keys
    return sum((want - have).values()), sum((have - want).values())


def letters(sent: Mapping[str, bool], taken: Iterable[str], repeats: Iterable[str]) -> dict[str, int]:
    """`sent`: each letter that the ledger calls sent, and whether its row says that it may have gone twice.

    `taken`: what a mail service that honours keys has delivered; `repeats`: what it has dropped, so what a plain
    server would have delivered once more.
    """
    lost, doubled = missing_and_more(sent, taken)
    silent = sum(1 for key in set(repeats) if not sent.get(key, False))
    return {"letters_lost": lost, "letters_doubled": doubled, "unexplained": silent}
