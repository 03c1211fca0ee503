"""Pieces for other people's pages: the card's code, the badge, the words of the social card."""

from html import escape

from django.utils.safestring import SafeString, mark_safe

from commitments.public import dating
from commitments.public.charts.drawing import element, text
from commitments.public.shapes import Row
from commitments.public.summarising import IN_A_SENTENCE
from commitments.status import Status

# The badge stands on pages whose colours we do not know: fixed colours, 4.5:1 with white.
BADGE_COLOURS = {
    Status.MET: "#1b6a39",
    Status.PARTLY_MET: "#5d6110",
    Status.ON_TRACK: "#0a6868",
    Status.IN_PROGRESS: "#1f5a9e",
    Status.STALLED: "#855600",
    Status.OFF_TRACK: "#a84600",
    Status.NOT_MET: "#a31b1b",
    Status.UNCLEAR: "#6a3d9a",
}
BADGE_GREY = "#5a5e64"
# Widths of letters of Verdana at 11 px: too wide a guess would set the words apart, for they are stretched to it.
THIN, THIN_LETTERS = 3.8, frozenset("iIjlftr -.,")
BROAD, BROAD_LETTERS = 10.0, frozenset("mwMW")
LETTER, PADDING, HEIGHT = 6.5, 8, 22


def marked(svg: str) -> SafeString:
    """Markup of ours as markup: every value in it was escaped where it was written."""
    return mark_safe(svg)  # nosec B308 B703 - escaped where written


def code(row: Row, *, site_url: str, suffix: str = "") -> str:
    title = escape(f"{row.title}: status")
    return (
        f'<iframe src="{site_url}/embed/c/{row.slug}/{suffix}" title="{title}" width="100%" height="260" '
        f'loading="lazy" style="border:0;max-width:36rem"></iframe>'
    )


def badge(row: Row) -> str:
    """A small SVG that needs nothing but itself: “UKOAI-01 | on track since 21 Apr 2026”."""
    said = IN_A_SENTENCE[Status(row.status)] + (f" since {dating.short(row.since)}" if row.since else "")
    left, right = _width(row.ref), _width(said)
    colour = BADGE_COLOURS.get(Status(row.status), BADGE_GREY)
    font = {"font_family": "Verdana, DejaVu Sans, sans-serif", "font_size": 11, "fill": "#ffffff"}
    return element(
        "svg",
        element("title", escape(f"{row.title}: {said}")),
        element("rect", width=left, height=HEIGHT, fill="#2b2d31"),
        element("rect", x=left, width=right, height=HEIGHT, fill=colour),
        text(row.ref, x=str(PADDING), y=15, textLength=left - 2 * PADDING, **font),
        text(said, x=str(left + PADDING), y=15, textLength=right - 2 * PADDING, **font),
        xmlns="http://www.w3.org/2000/svg",
        width=left + right,
        height=HEIGHT,
        role="img",
        aria_label=f"{row.title}: {said}",
    )


def _width(said: str) -> int:
    widths = (THIN if sign in THIN_LETTERS else BROAD if sign in BROAD_LETTERS else LETTER for sign in said)
    return round(sum(widths)) + 2 * PADDING


def card_words(row: Row) -> str:
    """The words of the social card, which are those of the page."""
    since = f" since {dating.day(row.since)}" if row.since else ""
    return f"{row.title}. {row.status_label}{since}. {row.reason}".strip()
