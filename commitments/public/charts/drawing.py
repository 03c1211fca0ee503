"""The few things all charts share: elements, scales over days, labels that keep apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from commitments.status import Status

SHORT_LABELS = {
    Status.NOT_YET_RATED: "Not rated",
    Status.NO_EVIDENCE: "No evidence",
    Status.ON_TRACK: "On track",
    Status.OFF_TRACK: "Off track",
    Status.STALLED: "Stalled",
    Status.UNCLEAR: "Unclear",
}


@dataclass(frozen=True)
class Figure:
    """A chart with all that a reader who cannot see it, or doubts it, needs."""

    key: str
    title: str
    note: str
    svg: str
    alt: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def short_label(status: str) -> str:
    return SHORT_LABELS.get(Status(status), Status(status).label)


def element(name: str, *children: str, **attributes: object) -> str:
    """An SVG element; `class_` and `x1` … become attributes, None leaves one out. Children are ready markup."""
    pairs = ((key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items() if value is not None)
    head = name + "".join(f' {key}="{escape(_plain(value))}"' for key, value in pairs)
    return f"<{head}>{''.join(children)}</{name}>" if children else f"<{head}/>"


def text(said: str, *, x: str, y: float, **attributes: object) -> str:
    return element("text", escape(said), x=x, y=y, **attributes)


def canvas(*children: str, height: int, label: str, class_: str = "chart") -> str:
    """The outer SVG: full width, fixed height, named for those who do not see it."""
    return element(
        "svg", *children, class_=class_, width="100%", height=height, role="img", aria_label=label, focusable="false"
    )


def percent(part: float) -> str:
    return f"{_plain(round(100 * part, 3))}%"


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class Days:
    """A scale from days to the unit interval."""

    first: date
    last: date

    def __call__(self, on: date) -> float:
        length = max((self.last - self.first).days, 1)
        return min(max((on - self.first).days / length, 0.0), 1.0)

    def years(self, *, room: float = 0.07) -> list[date]:
        """First days of the years inside, thinned so that their labels do not touch."""
        found = [date(year, 1, 1) for year in range(self.first.year + 1, self.last.year + 1)]
        kept: list[date] = []
        for on in found:
            if self(on) <= 1 - room and (not kept or self(on) - self(kept[-1]) >= room * 1.6):
                kept.append(on)
        return kept


def keep_apart(wanted: Sequence[float], *, gap: float, lowest: float) -> list[float]:
    """Positions as near as may be to those wanted (ascending), at least `gap` apart, none beyond `lowest`."""
    placed: list[float] = []
    for y in wanted:
        placed.append(max(y, placed[-1] + gap) if placed else y)
    limit = lowest
    for index in range(len(placed) - 1, -1, -1):
        placed[index] = min(placed[index], limit)
        limit = placed[index] - gap
    return placed
