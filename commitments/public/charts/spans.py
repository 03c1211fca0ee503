"""Time in status: one strip from the day of the promise until today, a segment for each status."""

from collections.abc import Sequence
from datetime import date

from commitments.public import dating
from commitments.public.charts.drawing import Days, Figure, canvas, element, percent, short_label, text
from commitments.public.shapes import Step
from commitments.status import Status

HEIGHT, STRIP = 74, 22
ROOM_FOR_A_LABEL = 0.2


def time_in_status(steps: Sequence[Step], made_on: date, today: date) -> Figure | None:
    """None where nothing has been rated yet or no day has passed."""
    if not steps or today <= made_on:
        return None
    runs = ", then ".join(f"{Status(s.status).label.lower()} for {dating.days(_length(s))}" for s in steps)
    return Figure(
        key="time-in-status",
        title="Time in each status",
        note=f"From {dating.day(min(made_on, steps[0].from_on))} to {dating.day(today)}.",
        svg=_draw(steps, min(made_on, steps[0].from_on), today, f"Time in each status: {runs}."),
        alt=f"Time in each status: {runs}.",
        header=("Status", "From", "Until", "Days"),
        rows=tuple(
            (Status(s.status).label, s.from_on.isoformat(), s.until_on.isoformat(), str(_length(s))) for s in steps
        ),
    )


def _length(step: Step) -> int:
    return (step.until_on - step.from_on).days


def _draw(steps: Sequence[Step], first: date, today: date, alt: str) -> str:
    scale = Days(first, today)
    years = [text(str(on.year), x=percent(scale(on)), y=HEIGHT - 6, class_="c-axis") for on in scale.years()]
    ticks = [
        element("line", class_="c-base", x1=percent(scale(on)), x2=percent(scale(on)), y1=STRIP + 22, y2=HEIGHT - 20)
        for on in scale.years()
    ]
    start = [text(dating.short(first), x="0", y=HEIGHT - 6, class_="c-axis")] if not _crowded(scale) else []
    parts = [part for step in steps for part in _segment(step, scale)]
    return canvas(*parts, *ticks, *start, *years, height=HEIGHT, label=alt)


def _crowded(scale: Days) -> bool:
    years = scale.years()
    return bool(years) and scale(years[0]) < 0.35


def _segment(step: Step, scale: Days) -> list[str]:
    start, width = scale(step.from_on), scale(step.until_on) - scale(step.from_on)
    mark = element(
        "rect", element("title", f"{Status(step.status).label}: {dating.days(_length(step))}"),
        class_=f"seg s-{step.status}", x=percent(start), y=20, width=percent(width), height=STRIP,
    )  # fmt: skip
    if width < ROOM_FOR_A_LABEL:
        return [mark]
    return [mark, text(short_label(step.status), x=percent(start), y=13, class_=f"c-label t-{step.status}")]
