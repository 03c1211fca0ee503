"""Status over time: how many promises stood at which status, month by month, stacked."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from commitments.public import dating
from commitments.public.charts.drawing import Days, Figure, canvas, element, keep_apart, percent, short_label, text
from commitments.public.shapes import Row, Step
from commitments.public.summarising import BAR_ORDER
from commitments.status import Status

HEIGHT, PLOT, GAP = 270, 240, 16.0
PLOT_WIDTH = 0.69
STACK = tuple(reversed(BAR_ORDER))


def month_ends(first: date, last: date) -> list[date]:
    """The last day of every month from `first`, and `last` itself."""
    days: list[date] = []
    year, month = first.year, first.month
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        end = date(year, month, 1) - timedelta(days=1)
        if end >= last:
            return [*days, last]
        days.append(end)


def counts(rows: Sequence[Row], steps: Mapping[int, Sequence[Step]], days: Sequence[date]) -> list[dict[str, int]]:
    """For each day, how many of the promises made by then had each status; not yet rated before the first step."""
    moved: list[Counter[str]] = [Counter() for _ in days]
    for row in rows:
        made, stood = bisect_left(days, row.made_on), str(Status.NOT_YET_RATED)
        if made < len(days):
            moved[made][stood] += 1
        for step in steps.get(row.pk, ()):
            day = max(made, bisect_left(days, step.from_on))
            if day < len(days):
                moved[day][stood] -= 1
                moved[day][step.status] += 1
                stood = step.status
    table, standing = [], dict.fromkeys(BAR_ORDER, 0)
    for change in moved:
        standing = {status: count + change[status] for status, count in standing.items()}
        table.append({str(status): count for status, count in standing.items()})
    return table


def status_over_time(
    rows: Sequence[Row], steps: Mapping[int, Sequence[Step]], today: date, *, subject: str = "all promises"
) -> Figure | None:
    """None where there is no time to show: fewer than two month ends."""
    first = min((row.made_on for row in rows), default=today)
    days = month_ends(first, today)
    if len(days) < 2:
        return None
    table = counts(rows, steps, days)
    used = [status for status in STACK if any(line[status] for line in table)]
    now = ", ".join(f"{table[-1][s]} {s.label.lower()}" for s in BAR_ORDER if table[-1][s])
    alt = f"Stacked areas of {subject} from {dating.day(days[0])} to {dating.day(today)}. At the end: {now}."
    return Figure(
        key="status-over-time",
        title=f"Where the promises stood, {days[0].year}–{today.year}",
        note="Number of promises at each status at the end of each month, counted from the day each was made.",
        svg=_draw(days, table, used, alt),
        alt=alt,
        header=("Month end", *(status.label for status in reversed(used))),
        rows=tuple(
            (on.isoformat(), *(str(line[status]) for status in reversed(used)))
            for on, line in zip(days, table, strict=True)
        ),
    )


def _draw(days: list[date], table: list[dict[str, int]], used: list[Status], alt: str) -> str:
    scale = Days(days[0], days[-1])
    most = max(sum(line.values()) for line in table)
    base = [0] * len(days)
    areas, middles = [], []
    for status in used:
        top = [b + line[status] for b, line in zip(base, table, strict=True)]
        areas.append(element("path", class_=f"area s-{status}", d=_area(days, base, top, scale, most)))
        if table[-1][status]:
            middles.append((status, PLOT * (1 - (base[-1] + top[-1]) / 2 / most)))
        base = top
    plot = element(
        "svg", *areas, x=0, y=4, width=percent(PLOT_WIDTH), height=PLOT, viewBox="0 0 1000 1000",
        preserveAspectRatio="none",
    )  # fmt: skip
    return canvas(plot, *_axis(scale), *_labels(middles, table[-1]), height=HEIGHT, label=alt)


def _area(days: list[date], base: list[int], top: list[int], scale: Days, most: int) -> str:
    x = [round(1000 * scale(on)) for on in days]
    upper = [f"{px},{round(1000 * (1 - n / most))}" for px, n in zip(x, top, strict=True)]
    lower = [f"{px},{round(1000 * (1 - n / most))}" for px, n in zip(x, base, strict=True)]
    return f"M{' '.join(upper)} {' '.join(reversed(lower))}z"


def _axis(scale: Days) -> list[str]:
    line = element("line", class_="c-base", x1=0, x2=percent(PLOT_WIDTH), y1=PLOT + 4, y2=PLOT + 4)
    marks = [
        text(str(on.year), x=percent(PLOT_WIDTH * scale(on)), y=HEIGHT - 6, class_="c-axis") for on in scale.years()
    ]
    return [line, text(str(scale.first.year), x="0", y=HEIGHT - 6, class_="c-axis"), *marks][: 2 + len(marks)]


def _labels(middles: list[tuple[Status, float]], last: dict[str, int]) -> list[str]:
    ordered = sorted(middles, key=lambda pair: pair[1])
    places = keep_apart([y for _, y in ordered], gap=GAP, lowest=PLOT - 2)
    return [
        text(
            f"{last[status]} {short_label(status).lower()}",
            x=percent(PLOT_WIDTH + 0.015), y=round(y + 9, 1), class_=f"c-label t-{status}",
        )
        for (status, _), y in zip(ordered, places, strict=True)
    ]  # fmt: skip
