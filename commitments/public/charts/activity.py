"""Activity: pieces of evidence a month, actions apart from announcements and setbacks."""

from collections.abc import Iterable
from datetime import date

from commitments.public import dating
from commitments.public.charts.drawing import Days, Figure, canvas, element, percent, text

HEIGHT, TOP, BOTTOM = 130, 18, 106
KINDS = {"action": "Actions", "announcement": "Announcements", "setback": "Setbacks", "context": "Context"}
# One and many of each kind, in a sentence.
COUNTED = (
    ("action", "actions"),
    ("announcement", "announcements"),
    ("setback", "setbacks"),
    ("piece of context", "pieces of context"),
)
MONTHS_AT_LEAST = 2


def months(first: date, last: date) -> list[date]:
    """First days of the months from one day to another, both included."""
    count = (last.year - first.year) * 12 + last.month - first.month
    return [date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(count + 1)]


def activity(dates: Iterable[tuple[date, str, int]], made_on: date, today: date) -> Figure | None:
    """`dates` are `(day, kind of event, how many)`; None where none lies since the promise."""
    span = months(made_on, today)
    table = [dict.fromkeys(KINDS, 0) for _ in span]
    for on, kind, count in dates:
        place = (on.year - span[0].year) * 12 + on.month - span[0].month
        if 0 <= place < len(span):
            table[place][kind] += count
    if len(span) < MONTHS_AT_LEAST or not any(any(line.values()) for line in table):
        return None
    totals = _in_words([sum(line[kind] for line in table) for kind in KINDS])
    busiest = max(range(len(span)), key=lambda n: sum(table[n].values()))
    alt = f"Evidence by month since {dating.day(made_on)}: {totals}. Most in {_month(span[busiest])}."
    return Figure(
        key="activity",
        title="Evidence by month",
        note=f"{totals}, by month of publication. Filled: concrete actions.",
        svg=_draw(span, table, alt),
        alt=alt,
        header=("Month", *KINDS.values()),
        rows=tuple(
            (month.strftime("%Y-%m"), *(str(line[kind]) for kind in KINDS))
            for month, line in zip(span, table, strict=True)
        ),
    )


def _in_words(counts: list[int]) -> str:
    """“1 action, 6 announcements, 11 pieces of context”, in the order of the kinds; what did not happen is left out."""
    pairs = zip(counts, COUNTED, strict=True)
    return ", ".join(f"{count} {one if count == 1 else many}" for count, (one, many) in pairs if count)


def _month(on: date) -> str:
    return f"{dating.MONTHS[on.month - 1]} {on.year}"


def _draw(span: list[date], table: list[dict[str, int]], alt: str) -> str:
    most = max(sum(line.values()) for line in table)
    slot = 1 / len(span)
    bars = [part for n, line in enumerate(table) for part in _bar(line, n * slot, slot, most)]
    scale = Days(span[0], span[-1])
    years = [
        text(str(month.year), x=percent(n * slot), y=HEIGHT - 6, class_="c-axis")
        for n, month in enumerate(span)
        if month.month == 1 and scale(month) < 0.95 or n == 0 and span[0].month < 10
    ]
    base = element("line", class_="c-base", x1=0, x2="100%", y1=BOTTOM, y2=BOTTOM)
    top = text(f"{most} a month at most", x="0", y=12, class_="c-axis")
    return canvas(top, *bars, base, *years, height=HEIGHT, label=alt)


def _bar(line: dict[str, int], start: float, slot: float, most: int) -> list[str]:
    parts, y = [], float(BOTTOM)
    for kind, count in line.items():
        tall = (BOTTOM - TOP) * count / most
        y -= tall
        if count:
            parts.append(
                element(
                    "rect", class_=f"a-{kind}", x=percent(start + slot * 0.12), y=round(y, 1),
                    width=percent(slot * 0.76), height=round(max(tall - 1, 1), 1),
                )
            )  # fmt: skip
    return parts
