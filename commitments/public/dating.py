"""Dates as a reader says them, at the exactness they were given."""

import calendar
from datetime import date

from commitments.status import Precision

MONTHS = tuple(calendar.month_name)[1:]
YEAR = 365.25


def day(on: date) -> str:
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def short(on: date) -> str:
    return f"{on.day} {MONTHS[on.month - 1][:3]} {on.year}"


def at_precision(on: date | None, precision: str) -> str:
    """“31 December 2030”, “December 2030”, “late 2030” … as exact as the source was, never more."""
    if on is None:
        return "no date"
    if precision == Precision.MONTH:
        return f"{MONTHS[on.month - 1]} {on.year}"
    if precision == Precision.QUARTER:
        return f"Q{(on.month + 2) // 3} {on.year}"
    if precision == Precision.YEAR:
        return f"{on.year}"
    if precision == Precision.APPROXIMATE:
        return f"about {MONTHS[on.month - 1]} {on.year}"
    return day(on)


def short_at_precision(on: date, precision: str) -> str:
    """For narrow columns: “5 Mar 2026”, “Mar 2026”, “about Mar 2026”."""
    month = f"{MONTHS[on.month - 1][:3]} {on.year}"
    if precision == Precision.MONTH:
        return month
    if precision == Precision.APPROXIMATE:
        return f"about {month}"
    return short(on) if precision in (Precision.DAY, Precision.UNDATED) else at_precision(on, precision)


def due(on: date | None, precision: str) -> str:
    """The deadline: “end of 2030” for a year, the plain date for a day."""
    if on is None:
        return "no deadline"
    said = at_precision(on, precision)
    return f"end of {said}" if precision in (Precision.MONTH, Precision.QUARTER, Precision.YEAR) else said


def days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"


def distance(on: date, today: date) -> str:
    """“in 40 days”, “today”, “12 days ago”; from two years on in years: nobody can picture 1,496 days."""
    gap = (on - today).days
    if gap == 0:
        return "today"
    said = days(abs(gap)) if abs(gap) < 2 * YEAR else f"about {abs(gap) / YEAR:.0f} years"
    return f"in {said}" if gap > 0 else f"{said} ago"
