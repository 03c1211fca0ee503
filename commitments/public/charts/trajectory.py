"""Trajectory to a target: what was measured, what is promised, what would be needed by now."""

from datetime import date
from decimal import Decimal

from commitments.public import dating
from commitments.public.charts.drawing import Days, Figure, canvas, element, percent, text
from commitments.public.measuring import Course, Line, Point

HEIGHT, TOP, BOTTOM = 260, 38, 232
# Where “today” stands, above every label of a value.
TODAY = 12
# A label that the base line pushes up to its mark begins here, where the dashed line has risen above it.
CLEAR = 30
# Labels nearer to the right edge than this are written to the left of their mark.
LEFT_FROM = 0.55
# Two labels nearer to each other than this lie on one another: a third of a narrow drawing, a line of text.
NEAR, LINE_HEIGHT = 0.34, 20
# A word in the middle over its mark needs so much of the width on both sides.
EDGE = 0.08


def number(value: Decimal | None) -> str:
    """“1,234.5”: at most one decimal from ten up, two below; no trailing zeros."""
    if value is None:
        return "nothing found"
    rounded = f"{value:,.{1 if abs(value) >= 10 else 2}f}"
    return rounded.rstrip("0").rstrip(".") if "." in rounded else rounded


def trajectory(line: Line, today: date, *, present: bool = True) -> Figure:
    """The figure of one series; the drawing is left out where there is no target to draw against.

    Without `present` the day is one in the past and named by its date.
    """
    course, alt = line.course, _alt(line, today)
    return Figure(
        key=f"series-{line.ref}",
        title=line.title,
        note=f"In {line.unit}. {line.note}".strip(),
        svg=_draw(line, course, today, alt, "today" if present else dating.short(today)) if course else "",
        alt=alt,
        header=("Date", "Value", "Kind", "Evidence", "Note"),
        rows=tuple(
            (p.on.isoformat(), "" if p.value is None else plain(p.value), p.kind, p.evidence, p.note)
            for p in line.points
        ),
    )


def plain(value: Decimal) -> str:
    """A number for machines: no separators, no exponent, no trailing zeros."""
    return format(value.normalize(), "f")


def _alt(line: Line, today: date) -> str:
    measured = _reported(line)
    last = f"Last reported: {number(measured[-1].value)} on {dating.day(measured[-1].on)}. " if measured else ""
    course = line.course
    if course is None:
        return f"{line.title}, in {line.unit}. {last}".strip()
    return (
        f"{line.title}, in {line.unit}. {last}Target: {number(course.to_value)} by {dating.day(course.to_on)}. "
        f"On a straight line {number(course.needed(today))} would be needed by {dating.day(today)}."
    )


class _Frame:
    """Places days and values on the canvas; the value axis starts at zero."""

    def __init__(self, line: Line, course: Course, today: date) -> None:
        days = [course.from_on, course.to_on, today, *(p.on for p in line.points)]
        values = [course.from_value, course.to_value, *(p.value for p in line.points if p.value is not None)]
        self.days = Days(min(days), max(days))
        self.most = max([*values, Decimal("0.0001")])

    def x(self, on: date) -> str:
        return percent(0.01 + 0.97 * self.days(on))

    def y(self, value: Decimal | None) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * float((value or Decimal(0)) / self.most), 1)


def _draw(line: Line, course: Course, today: date, alt: str, name: str) -> str:
    frame = _Frame(line, course, today)
    dashed = element(
        "line",
        class_="c-needed",
        x1=frame.x(course.from_on),
        y1=frame.y(course.from_value),
        x2=frame.x(course.to_on),
        y2=frame.y(course.to_value),
    )
    marks = [*_today(frame, line, course, today, name), *_goal(frame, course), *_points(frame, line)]
    return canvas(*_axis(frame), dashed, *marks, height=HEIGHT, label=alt)


def _axis(frame: _Frame) -> list[str]:
    base = element("line", class_="c-base", x1=0, x2="100%", y1=BOTTOM, y2=BOTTOM)
    years = [
        text(str(on.year), x=frame.x(on), y=HEIGHT - 8, class_="c-axis", text_anchor="middle")
        for on in frame.days.years()
    ]
    return [base, *years]


def _today(frame: _Frame, line: Line, course: Course, today: date, name: str) -> list[str]:
    """Nothing was needed yet before the course began; beside a value just reported there is no room for words."""
    if today < course.from_on:
        return []
    now = course.needed(today)
    x, y = frame.x(today), frame.y(now)
    left = frame.days(today) > LEFT_FROM
    marks = [
        element("line", class_="c-now", x1=x, x2=x, y1=TODAY + 6, y2=BOTTOM),
        text(name, x=x, y=TODAY, class_="c-axis", text_anchor=_anchor(frame.days(today))),
        element("circle", class_="c-need-dot", cx=x, cy=y, r=4.5),
    ]
    if not _crowded(frame, line, today, y):
        marks.append(text(f"{number(now)} needed by now", x=x, y=_beside(course, y, left), **_side(left)))
    return marks


def _anchor(place: float) -> str:
    return "start" if place < EDGE else "end" if place > 1 - EDGE else "middle"


def _crowded(frame: _Frame, line: Line, today: date, y: float) -> bool:
    """Whether the label of the last reported value stands where that of today would."""
    last = _reported(line)[-1:]
    return any(
        frame.days(today) - frame.days(p.on) < NEAR
        and (frame.days(p.on) > LEFT_FROM) == (frame.days(today) > LEFT_FROM)
        and abs(frame.y(p.value) - y) < LINE_HEIGHT
        for p in last
    )


def _reported(line: Line) -> list[Point]:
    return [p for p in line.points if p.value is not None and p.kind == "reported"]


def _side(left: bool, *, class_: str = "c-label") -> dict[str, object]:
    return {"dx": -12 if left else 12, "class_": class_, "text_anchor": "end" if left else "start"}


def _beside(course: Course, y: float, left: bool) -> float:
    """On the side of the dashed line where it leaves room: under a rising one, above when written to the left."""
    rising = course.to_value >= course.from_value
    return y - 8 if rising == left else min(y + 17, BOTTOM - 6)


def _goal(frame: _Frame, course: Course) -> list[str]:
    x, y = frame.x(course.to_on), frame.y(course.to_value)
    left = frame.days(course.to_on) > LEFT_FROM
    said = f"{number(course.to_value)} promised by {dating.short(course.to_on)}"
    return [
        element("circle", class_="c-goal", cx=x, cy=y, r=5),
        text(said, x=x, y=_beside(course, y, left), **_side(left, class_="c-label c-strong")),
    ]


def _points(frame: _Frame, line: Line) -> list[str]:
    drawn = [p for p in line.points if p.value is not None and p.kind in ("reported", "planned")]
    reported = _reported(line)
    pairs = zip(reported, reported[1:], strict=False)
    joins = [
        element("line", class_="c-line", x1=frame.x(a.on), y1=frame.y(a.value), x2=frame.x(b.on), y2=frame.y(b.value))
        for a, b in pairs
    ]
    marks = [element("circle", class_=f"c-{p.kind}", cx=frame.x(p.on), cy=frame.y(p.value), r=5) for p in drawn]
    return [*joins, *marks, *(_value(frame, p) for p in reported[-1:])]


def _value(frame: _Frame, point: Point) -> str:
    left = frame.days(point.on) > LEFT_FROM
    below, lowest = frame.y(point.value) + 18, BOTTOM - 6
    said = f"{number(point.value)} reported {dating.short(point.on)}"
    side = _side(left, class_="c-label c-strong")
    if below > lowest and not left:
        side["dx"] = CLEAR
    return text(said, x=frame.x(point.on), y=min(below, lowest), **side)
