"""The picture for shared links: the words of the page, set like the page, as a PNG of 1200 × 630."""

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from commitments.public import dating
from commitments.public.embedding import BADGE_COLOURS, BADGE_GREY
from commitments.public.shapes import Row
from commitments.status import Status

WIDTH, HEIGHT, MARGIN = 1200, 630, 70
PAPER, INK, SOFT, RULE = "#fdfcf9", "#17181a", "#54575c", "#8e8a7e"
FONTS = Path(__file__).parent / "static" / "public" / "fonts"
ELLIPSIS = "…"
# Raise it when the drawing changes: cards that were drawn before are then drawn anew.
EDITION = "1"


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / f"{name}.woff2"), size)


class Words(NamedTuple):
    """What the card says, which the page says too; `status` is also its colour."""

    site: str
    ref: str
    title: str
    status: str
    since: str
    text: str


def words(row: Row, *, site: str) -> Words:
    since = f"since {dating.day(row.since)}" if row.since else ""
    return Words(site, row.ref, row.title, row.status, since, row.reason or row.statement)


def card(said: Words) -> bytes:
    """PNG bytes, a few tens of kB: few colours, no photograph."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    draw.text((MARGIN, 48), said.site, font=_font("serif-600", 30), fill=INK)
    draw.text((WIDTH - MARGIN, 50), said.ref, font=_font("sans-400", 28), fill=SOFT, anchor="ra")
    for y in (96, 101):
        draw.line((MARGIN, y, WIDTH - MARGIN, y), fill=RULE, width=1)
    y = _paragraph(draw, said.title, "serif-600", 68, top=130, lines=3, fill=INK)
    status, face = Status(said.status), _font("serif-600", 46)
    draw.text((MARGIN, y + 22), status.label, font=face, fill=BADGE_COLOURS.get(status, BADGE_GREY))
    left = MARGIN + draw.textlength(status.label, font=face) + 22
    draw.text((left, y + 38), said.since, font=_font("sans-400", 30), fill=SOFT)
    _paragraph(draw, said.text, "sans-400", 32, top=y + 100, lines=_room(y + 100), fill=INK)
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _room(top: int) -> int:
    return max(1, (HEIGHT - 40 - top) // 42)


def _paragraph(draw: ImageDraw.ImageDraw, said: str, font: str, size: int, *, top: int, lines: int, fill: str) -> int:
    """Set text in at most so many lines and return where the next thing may begin."""
    face = _font(font, size)
    broken = wrap(said, lambda text: draw.textlength(text, font=face) <= WIDTH - 2 * MARGIN)
    shown = broken[:lines]
    if len(broken) > lines:
        shown[-1] = f"{shown[-1].rsplit(' ', 1)[0]}{ELLIPSIS}"
    for number, line in enumerate(shown):
        draw.text((MARGIN, top + number * int(size * 1.22)), line, font=face, fill=fill)
    return top + len(shown) * int(size * 1.22)


def wrap(said: str, fits: Callable[[str], bool]) -> list[str]:
    """Break at spaces; a word too long for a line of its own is cut."""
    lines: list[str] = []
    for word in said.split():
        if lines and fits(f"{lines[-1]} {word}"):
            lines[-1] = f"{lines[-1]} {word}"
            continue
        while not fits(word) and len(word) > 1:
            cut = next(n for n in range(len(word) - 1, 0, -1) if fits(word[:n]) or n == 1)
            lines.append(word[:cut])
            word = word[cut:]
        lines.append(word)
    return lines or [""]
