"""Tags and filters of the public templates: glyphs, dates, charts. They format; they decide nothing."""

import re
from datetime import date
from decimal import Decimal
from functools import cache
from typing import cast
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.template.loader import get_template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from commitments.flags import FLAG_LABELS
from commitments.public import dating
from commitments.public.charts import Figure, status_bar, trajectory_number
from commitments.public.shapes import Due, Moment
from commitments.public.summarising import Share
from commitments.status import Status

register = template.Library()


# One drawing of the sheet of signs.
DRAWING = re.compile(r'<symbol id="g-(\w+)".*?</symbol>', re.DOTALL)


@register.simple_tag(takes_context=True)
def glyph(context: Context, name: str) -> SafeString:
    """The sign of a status or an event; the word beside it carries the meaning."""
    _signs(context).add(str(name))
    return format_html('<svg class="glyph" aria-hidden="true" focusable="false"><use href="#g-{}"/></svg>', str(name))


@register.simple_tag(takes_context=True)
def drawings(context: Context) -> SafeString:
    """The drawings of the signs that the page has shown, and of no others: it stands at the end of the page."""
    used = format_html_join("\n", "{}", ((drawn,) for name, drawn in _sheet().items() if name in _signs(context)))
    return format_html('<svg hidden width="0" height="0"><defs>\n{}\n</defs></svg>', used) if used else used


def _signs(context: Context) -> set[str]:
    """Those the page has shown so far; a letter keeps none."""
    return cast("set[str]", context.get("signs", set()))


@cache
def _sheet() -> dict[str, SafeString]:
    sheet = get_template("public/parts/glyphs.html").render()
    return {found[1]: SafeString(found[0]) for found in DRAWING.finditer(sheet)}  # nosec B703 - our own drawings


@register.simple_tag(takes_context=True)
def at(context: Context, anchor: str) -> str:
    """The end of an address that leads to one event of a promise, on the same day as this page."""
    moment: Moment = context["moment"]
    return moment.at(anchor)


@register.simple_tag(takes_context=True)
def status(context: Context, code: str) -> SafeString:
    """Glyph, word and hue of a status."""
    sign, word = glyph(context, code), Status(code).label
    return format_html('<span class="status s-{}">{}{}</span>', str(code), sign, word)


@register.simple_tag(takes_context=True)
def called(context: Context, label: str) -> SafeString:
    """The status of this name, as a letter kept it; only the word where no status is called that any more."""
    code = next((known for known in Status if known.label == label), None)
    return status(context, code) if code else format_html("<strong>{}</strong>", label)


@register.filter
def day(on: date | None) -> str:
    return dating.day(on) if on else "–"


@register.filter
def short_day(on: date | None) -> str:
    return dating.short(on) if on else "–"


@register.filter
def due(deadline: Due) -> str:
    return dating.due(deadline.on, deadline.precision)


@register.filter
def at_precision(on: date, precision: str) -> str:
    return dating.at_precision(on, precision)


@register.filter
def distance(on: date, today: date) -> str:
    return dating.distance(on, today)


@register.filter
def days(count: int) -> str:
    return dating.days(count)


@register.filter
def number(value: Decimal | None) -> str:
    return trajectory_number(value)


@register.filter
def label(code: str) -> str:
    return Status(code).label


@register.filter
def flag_label(name: str) -> str:
    return FLAG_LABELS[name]


@register.simple_tag
def strip(shares: list[Share]) -> SafeString:
    """A low status bar without numbers; the words beside it carry them."""
    return mark_safe(status_bar(shares, height=8))  # nosec B308 B703 - numbers and our own labels


@register.simple_tag(takes_context=True)
def filtering(context: Context, **changes: str) -> str:
    """The address of this list with some filters changed."""
    return _address(context, changes)


@register.simple_tag(takes_context=True)
def sorting(context: Context, name: str) -> str:
    return _address(context, {"sort": name})


@register.simple_tag(takes_context=True)
def turning(context: Context, page: int) -> str:
    """The address of another page of this list."""
    if "selection" in context:
        query = context["selection"].query(context["moment"])
        return f"{query}{'&' if query else '?'}page={page}#promises"
    pairs = [("page", str(page)), *([("year", str(context["year"]))] if context.get("year") else [])]
    if context["moment"].as_of:
        pairs.append(("as_of", context["moment"].as_of.isoformat()))
    return f"?{urlencode(pairs)}"


def _address(context: Context, changes: dict[str, str]) -> str:
    query = context["selection"].query(context["moment"], **{name: str(value) for name, value in changes.items()})
    return f"{context['request'].path}{query}#promises"


@register.inclusion_tag("public/parts/figure.html")
def figure(drawn: Figure | None, csv: str = "") -> dict[str, object]:
    """A chart with its headline, note, table and download."""
    svg = mark_safe(drawn.svg) if drawn else ""  # nosec B308 B703 - the charts escape every text they draw
    return {"figure": drawn, "svg": svg, "csv": csv}
