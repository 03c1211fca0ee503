"""Measured quantities as plain values: points, the target, and the straight way from one to the other."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

POINT_KINDS = {"reported": "reported", "planned": "planned", "target": "target", "not_found": "no evidence found"}


@dataclass(frozen=True)
class Point:
    """A measured, planned or promised value on a day; None says that nothing was found."""

    on: date
    value: Decimal | None
    kind: str
    note: str = ""
    evidence: str = ""

    @property
    def kind_label(self) -> str:
        return POINT_KINDS.get(self.kind, self.kind)


@dataclass(frozen=True)
class Course:
    """The straight way from a baseline to a goal."""

    from_on: date
    from_value: Decimal
    to_on: date
    to_value: Decimal

    def needed(self, on: date) -> Decimal:
        """The value that lies on it on a day; before and after it, its ends."""
        length = max((self.to_on - self.from_on).days, 1)
        gone = min(max((on - self.from_on).days, 0), length)
        return self.from_value + (self.to_value - self.from_value) * gone / length


@dataclass(frozen=True)
class Line:
    """One measured quantity with its target, ready to be drawn or tabled."""

    ref: str
    title: str
    unit: str
    baseline: Decimal | None
    baseline_on: date | None
    goal: Decimal | None
    due_on: date | None
    note: str
    points: tuple[Point, ...]

    @property
    def course(self) -> Course | None:
        """None where baseline or goal, or the day of either, is unknown, or where both are the same."""
        ends = (self.baseline_on, self.baseline, self.due_on, self.goal)
        if None in ends or self.baseline == self.goal:
            return None
        return Course(*ends)  # type: ignore[arg-type]
