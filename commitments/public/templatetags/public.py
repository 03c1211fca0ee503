"""Tags and filters of the public templates: glyphs, dates, charts. They format; they decide nothing."""

from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from commitments.flags import FLAG_LABELS
from commitments.public import dating
from commitments.public.charts import Figure, status_bar, trajectory_number
from commitments.public.shapes import Due
from commitments.public.summarising import Share
from commitments.status import Status

register = template.Library()


@register.simple_tag
def glyph(name: str) -> SafeString:
    """The sign of a status or an event; the word beside it carries the meaning."""
    return format_html('<svg class="glyph" aria-hidden="true" focusable="false"><use href="#g-{}"/></svg>', str(name))


@register.simple_tag
def status(code: str, label: str = "") -> SafeString:
    """Glyph, word and hue of a status."""
    return format_html('<span class="status s-{}">{}{}</span>', str(code), glyph(code), label or Status(code).label)


@register.simple_tag
def called(label: str) -> SafeString:
    """The status of this name, as a letter kept it; only the word where no status is called that any more."""
    code = next((known for known in Status if known.label == label), None)
    return status(code) if code else format_html("<strong>{}</strong>", label)


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
