"""Items as they are compared with each other, kept in the process: read once, not once for every batch beside them.

Which words are rare is learnt from recent items and kept for an hour, or until there are many more items; what was read
before is read again then, so that all are compared by the same measure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from monitoring import comparing, grouping, preparing
from monitoring.comparing import Rarity
from monitoring.grouping import Clue
from monitoring.models import Item
from monitoring.reading import Reader, Reading

KEPT = timedelta(hours=1)
MOST_RECENT = 1_500
"""Newest items that say which words are rare."""
GROWN = 1.3
"""With so many times the items, what is rare is asked again: a first poll brings everything at once."""
MOST_CLUES = 4_000
"""Kept ready, about 5 kB each: all that a batch is compared with, and as much again."""

_kept: dict[str, Any] = {}


@dataclass
class Sight:
    """Clues of items by one measure of what is rare."""

    reader: Reader
    rarity: Rarity
    clues: dict[tuple[int, str], Clue] = field(default_factory=dict)

    def clue(self, item: Item) -> Clue:
        known = self.clues.get((item.pk, item.content_hash))
        return known or self._keep(item)

    def recall(self, wanted: Sequence[tuple[int, str]]) -> dict[int, Clue]:
        """Clues by number of item, wanted by number and content hash: only what is not known yet is read."""
        found = {key[0]: clue for key in wanted if (clue := self.clues.get(key)) is not None}
        unseen = [number for number, _ in wanted if number not in found]
        return found | {item.pk: self._keep(item) for item in Item.objects.to_be_compared().numbered(unseen)}

    def _keep(self, item: Item) -> Clue:
        if len(self.clues) >= MOST_CLUES:
            self.clues = dict(list(self.clues.items())[MOST_CLUES // 2 :])  # the newer half
        made = grouping.clue(preparing.item_text(item), _read(self.reader, item), self.rarity)
        self.clues[item.pk, item.content_hash] = made
        return made


def sight(now: datetime) -> Sight:
    """The measure in use. Made anew after an hour, and when names of bodies or the number of items have changed."""
    bodies, newest = preparing.bodies_mark(), Item.objects.newest_number()
    is_known = _kept.get("bodies") == bodies and _kept["made_at"] <= now < _kept["made_at"] + KEPT
    if not (is_known and _kept["newest"] <= newest <= _kept["newest"] * GROWN):
        _kept.update(bodies=bodies, newest=newest, made_at=now, sight=_make())
    found: Sight = _kept["sight"]
    return found


def _make() -> Sight:
    reader = Reader(preparing.bodies())
    recent = Item.objects.to_be_compared().newest_first()[:MOST_RECENT]
    return Sight(reader, comparing.rarity((_read(reader, item) for item in recent), []))


def _read(reader: Reader, item: Item) -> Reading:
    text = preparing.item_text(item)
    return reader.read(text.title, text.summary, text.published_on)
