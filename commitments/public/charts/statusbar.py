"""The status bar: one segment per status, as long as its share."""

from collections.abc import Sequence

from commitments.public.charts.drawing import canvas, element, percent, text
from commitments.public.summarising import Share

HEIGHT = 34
ROOM_FOR_A_NUMBER = 4.5


def status_bar(shares: Sequence[Share], *, height: int = HEIGHT) -> str:
    """The bar alone; the key that the page prints under it has its numbers as words, each a link to filter by."""
    label = ", ".join(f"{share.label}: {share.count}" for share in shares)
    parts, start = [], 0.0
    for share in shares:
        parts.append(_segment(share, start, height))
        start += share.count / share.total
    return canvas(*parts, height=height, label=label or "No promises", class_="chart bar")


def _segment(share: Share, start: float, height: int) -> str:
    width = share.count / share.total
    inside = [
        element("title", f"{share.label}: {share.count}"),
        element("rect", class_=f"seg s-{share.status}", x=percent(start), y=0, width=percent(width), height=height),
    ]
    if share.percent >= ROOM_FOR_A_NUMBER and height >= HEIGHT:
        middle = percent(start + width / 2)
        inside.append(
            text(str(share.count), x=middle, y=height / 2 + 5, class_=f"on s-{share.status}", text_anchor="middle")
        )
    return element("g", *inside)
