"""Words, dates and addresses as feedparser would give them, or Refused where it might give something else."""

from __future__ import annotations

import html.entities
import re
import time
from datetime import UTC, datetime, timedelta

_C1 = re.compile("[\x80-\x9f]")
_TAG = re.compile(r"</(\w+)>")
_ENTITY = re.compile(r"&#?\w+;")
_NAMED = re.compile(r"&(\w+);")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MAIL_DATE = re.compile(
    rf"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d\d?) ({'|'.join(_MONTHS)}) (\d{{4}}) (\d\d):(\d\d)(?::(\d\d))? "
    r"(?:GMT|UTC|UT|Z|([+-])(\d\d)(\d\d))",
    re.ASCII,
)
_WEB_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII)


class Refused(Exception):
    """Not in the profile of the strict reader."""


def words(pieces: list[str]) -> str:
    """The text of an element. What feedparser would mend (UTF-8 packed twice, Windows characters) is refused."""
    text = "".join(pieces).strip()
    if not text.isascii() and (_C1.search(text) or _is_packed_twice(text)):
        raise Refused
    return text


def _is_packed_twice(text: str) -> bool:
    try:
        text.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return False
    return True


def kind_of_title(text: str) -> str:
    """RSS does not say whether a title is HTML; feedparser guesses by its closing tags and entities."""
    if "<" not in text and "&" not in text:
        return "text/plain"
    if not _TAG.search(text) and not _ENTITY.search(text):
        return "text/plain"
    if "<" in text:
        raise Refused
    known = all(name in html.entities.entitydefs for name in _NAMED.findall(text))
    return "text/html" if known else "text/plain"


def stated_kind(kind: str | None) -> str:
    """Atom says it."""
    if kind in {None, "text"}:
        return "text/plain"
    if kind == "html":
        return "text/html"
    raise Refused


def address(text: str) -> str:
    """An address that feedparser takes as it is: it mends only those with too many slashes."""
    if not text or ":///" in text:
        raise Refused
    return text


def date(text: str) -> time.struct_time:
    """UTC, from the two usual ways of writing a date."""
    if found := _MAIL_DATE.fullmatch(text):
        day, month, year, *rest = found.groups()
        return _moment(year, str(_MONTHS.index(month) + 1), day, *rest)
    if found := _WEB_DATE.fullmatch(text):
        return _moment(*found.groups())
    raise Refused


def _moment(
    year: str, month: str, day: str, hour: str, minute: str, second: str | None, sign: str | None, *zone: str | None
) -> time.struct_time:
    try:
        stated = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), tzinfo=UTC)
        if sign:
            ahead = timedelta(hours=int(zone[0] or 0), minutes=int(zone[1] or 0))
            stated = stated - ahead if sign == "+" else stated + ahead
        return stated.utctimetuple()
    except (ValueError, OverflowError):
        raise Refused from None
