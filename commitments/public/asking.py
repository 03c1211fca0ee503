"""What a reader asks for, read out of a request once: the day, the page, the format."""

from datetime import date

from django.http import HttpRequest
from django.utils import timezone

from commitments.public.shapes import Moment

EARLIEST = date(1990, 1, 1)


class BadRequest(ValueError):
    """The address asks for something that cannot be; the message says what and what to do."""


def today() -> date:
    return timezone.localdate()


def present() -> Moment:
    return Moment(today())


def moment(request: HttpRequest) -> Moment:
    """The day in `?as_of=`, or today. Raises `BadRequest` for a day that is none or lies ahead."""
    return moment_of(request.GET.get("as_of", ""))


def refuse_past(request: HttpRequest, why: str) -> None:
    """For what is the same on every day: raises `BadRequest` where a day is asked for."""
    if request.GET.get("as_of"):
        raise BadRequest(f"“as_of” is not offered here: {why}")


def moment_of(asked: str) -> Moment:
    """The same for a day that stands elsewhere."""
    now, asked = today(), asked.strip()
    if not asked:
        return Moment(now)
    try:
        on = date.fromisoformat(asked)
    except ValueError:
        raise BadRequest("“as_of” must be a day such as 2026-04-01.") from None
    if not EARLIEST <= on <= now:
        raise BadRequest(f"“as_of” must lie between {EARLIEST} and today, {now}.")
    return Moment(on, on)


def year(request: HttpRequest) -> int:
    """The year in `?year=`; 0 for all of them."""
    return whole(request, "year", default=0, most=date.max.year)


def whole(request: HttpRequest, name: str, *, default: int, most: int) -> int:
    """A whole number from the query string; raises `BadRequest` outside its bounds."""
    asked = request.GET.get(name, "").strip()
    if not asked:
        return default
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 9 and 1 <= int(asked) <= most):
        raise BadRequest(f"“{name}” must be a whole number from 1 to {most}.")
    return int(asked)
