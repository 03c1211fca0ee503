"""The staff home page, as a board where each room pins its own boxes.

Rooms register a function in their AppConfig; the page calls all of them. So the
record's admin can show the watch's suggestions without knowing the watch.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import User


@dataclass(frozen=True)
class Line:
    """One entry of a box: what it is, where it leads, a remark."""

    text: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Box:
    """A titled list with the full count; `empty` is printed when there is nothing."""

    title: str
    lines: Sequence[Line] = field(default_factory=tuple)
    count: int = 0
    more_url: str = ""
    empty: str = "Nothing."


Maker = Callable[[User, datetime], Box | None]
_makers: dict[str, tuple[int, Maker]] = {}


def pin(name: str, maker: Maker, *, order: int) -> None:
    """Pin a box: `maker(user, now)` gives it, or None where that person has no business with it."""
    _makers[name] = (order, maker)


def boxes(user: User, now: datetime) -> list[Box]:
    """All boxes for one person, in the order they asked for."""
    made = [maker(user, now) for _, maker in sorted(_makers.values(), key=lambda item: item[0])]
    return [box for box in made if box is not None]
