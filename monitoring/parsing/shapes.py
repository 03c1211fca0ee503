"""What goes into the child process and what comes back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

READY = b"ready"
"""What the child says once, before the first document."""

MOST_ENTRIES = 2_000
LONGEST_TITLE = 500
LONGEST_RAW = 100_000


class Kind(StrEnum):
    FEED = "feed"
    PAGE = "page"
    GOVUK = "govuk"
    DISCOVER = "discover"


@dataclass(frozen=True, slots=True)
class Job:
    """One document to read. `address` is where it came from: relative links are resolved against it."""

    kind: Kind
    body: bytes
    address: str = ""
    content_type: str = ""
    selector: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the document has it; `html` and `content` are raw and never to be rendered.

    `guid` and `link` may be empty; `stamp` is the date as POSIX seconds, None when absent or no date at all;
    `base` is what relative links in `html` are relative to.
    """

    guid: str
    link: str
    title: str
    html: str
    content: str = ""
    base: str = ""
    stamp: float | None = None
    author: str = ""
    publisher: str = ""

    @property
    def dated_at(self) -> datetime | None:
        """The date as stated, however odd; None when it does not fit the calendar."""
        try:
            return None if self.stamp is None else datetime.fromtimestamp(self.stamp, UTC)
        except (ValueError, OverflowError, OSError):
            return None


@dataclass(frozen=True, slots=True)
class FoundFeed:
    address: str
    title: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one document came to. With `error` set there is nothing else to use but `feeds`.

    `floor_seconds` is how long the feed itself asks to be left alone (ttl, sy:updatePeriod); `notes` are sentences
    for staff about what was odd but could be read. `is_our_fault`: the error says nothing about the document.
    """

    format: str = ""
    title: str = ""
    site: str = ""
    entries: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()
    error: str = ""
    page_text: str = ""
    feeds: tuple[FoundFeed, ...] = ()
    floor_seconds: int = 0
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    hub: str = ""
    topic: str = ""
    is_our_fault: bool = False


def to_plain(parsed: Parsed) -> dict[str, Any]:
    return asdict(parsed)


def from_plain(data: dict[str, Any]) -> Parsed:
    """Back from JSON; raises KeyError, TypeError or ValueError on anything else."""
    lists: dict[str, Any] = {
        "entries": tuple(Entry(**entry) for entry in data["entries"]),
        "feeds": tuple(FoundFeed(**feed) for feed in data["feeds"]),
    }
    for name in ("notes", "skip_hours", "skip_days"):
        lists[name] = tuple(data[name])
    return Parsed(**{**data, **lists})
