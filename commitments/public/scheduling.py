"""Deadlines as an iCalendar (RFC 5545): stable UIDs, a SEQUENCE that rises, cancellations for the withdrawn."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LINE_OCTETS = 75


@dataclass(frozen=True)
class Deadline:
    """One date due. `sequence` counts how often the event changed; `stamp` says when it last did."""

    ref: str
    slug: str
    title: str
    on: date
    due: str
    status_label: str
    note: str
    sequence: int
    stamp: datetime
    is_cancelled: bool = False


def calendar(deadlines: Iterable[Deadline], *, name: str, host: str, site_url: str) -> str:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//commitment-tracker//deadlines//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escape(name)}",
    ]
    for deadline in deadlines:
        lines += _event(deadline, host, site_url)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in fold(line))


def _event(deadline: Deadline, host: str, site_url: str) -> list[str]:
    said = f"Due {deadline.due}. Status: {deadline.status_label}. {deadline.note}".strip()
    return [
        "BEGIN:VEVENT",
        f"UID:{deadline.ref}@{host}",
        f"SEQUENCE:{deadline.sequence}",
        f"DTSTAMP:{deadline.stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{deadline.on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{deadline.on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escape(f'Due: {deadline.title}')}",
        f"DESCRIPTION:{escape(said)}",
        f"URL:{site_url}/c/{deadline.slug}/",
        f"STATUS:{'CANCELLED' if deadline.is_cancelled else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def escape(said: str) -> str:
    """TEXT of RFC 5545; control characters have no place in it."""
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        said = said.replace(plain, escaped)
    return "".join(character for character in said if character >= " " and character != "\x7f")


def fold(line: str) -> Iterator[str]:
    """A long content line in pieces of at most 75 octets, never through a character."""
    room, piece = LINE_OCTETS, ""
    for character in line:
        size = len(character.encode())
        if size > room:
            yield piece
            piece, room = " ", LINE_OCTETS - 1
        piece += character
        room -= size
    yield piece
