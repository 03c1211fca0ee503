"""What would be stored of an address or a file, without storing anything."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from monitoring import gathering, identities, parsing, visiting
from monitoring.gathering import Manners
from monitoring.parsing import Entry, Job, Kind, Parsed

MOST_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class Trial:
    """`items` as they would be stored; `notes` is what staff would be told besides."""

    source: str
    ok: bool
    error: str | None
    items: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        return asdict(self)


def try_out(source: str, manners: Manners, now: datetime, *, kind: Kind = Kind.FEED, selector: str = "") -> Trial:
    """An address is fetched by the same rules as ever; anything else is the name of a file. Never raises."""
    if source.startswith(("http://", "https://")):
        fetched = asyncio.run(visiting.fetch_once(source, manners))
        if not fetched.ok:
            return Trial(source, False, fetched.error or f"The answer was {fetched.status}.")
        return _read(source, gathering.job_for(kind, fetched, selector), now)
    try:
        body = _file(Path(source))
    except (OSError, ValueError) as error:
        return Trial(source, False, f"{source} is no address and cannot be read as a file: {_why(error)}.")
    if len(body) > MOST_BYTES:
        return Trial(source, False, f"The file is larger than {MOST_BYTES // 1_000_000} MB.")
    return _read(source, Job(kind, body, selector=selector), now)


def _file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _why(error: Exception) -> str:
    return (getattr(error, "strerror", "") or str(error)).lower()


def _read(source: str, job: Job, now: datetime) -> Trial:
    parsed = parsing.parse(job)
    if parsed.error:
        return Trial(source, False, parsed.error)
    return Trial(source, True, None, items(parsed, now), parsed.notes)


def items(parsed: Parsed, now: datetime) -> tuple[dict[str, Any], ...]:
    """Twins once; a page is one item with its whole text."""
    if parsed.page_text:
        return (_item(Entry("", parsed.site, parsed.title, parsing.as_html(parsed.page_text)), now),)
    found = [identities.of_entry(entry) for entry in parsed.entries]
    titles = [entry.title for entry in parsed.entries]
    return tuple(_item(parsed.entries[number], now) for number, _known in identities.match(found, titles, []))


def _item(entry: Entry, now: datetime) -> dict[str, Any]:
    published = identities.sane_date(entry.dated_at, now)
    return {
        "id": entry.guid or entry.link or identities.of_entry(entry).uid,
        "title": entry.title,
        "link": entry.link,
        "published": published.isoformat() if published else None,
        "summary": parsing.safe_html(entry.html, entry.base or entry.link),
    }
