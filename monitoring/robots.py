"""robots.txt, for pages that are read without having been offered as a feed (RFC 9309)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from protego import Protego

GOOD_FOR = timedelta(hours=24)
NAME = "CommitmentTracker"
MOST_BYTES = 512_000


@dataclass(frozen=True, slots=True)
class Robots:
    """What a host said at `checked_at`; status None means that it could not be asked."""

    body: str = ""
    status: int | None = None
    checked_at: datetime | None = None

    def is_fresh(self, now: datetime) -> bool:
        return self.checked_at is not None and now - self.checked_at < GOOD_FOR


def address_for(page: str) -> str:
    parts = urlsplit(page)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def objection(robots: Robots, page: str) -> str:
    """Why the page may not be read; empty when it may. 4xx allows everything, 5xx and silence nothing."""
    if robots.status is None or robots.status >= 500:
        said = f"answered {robots.status}" if robots.status else "could not be reached"
        return f"The site's robots.txt {said}: until it can be read, no page of this site is."
    if not 200 <= robots.status < 300:
        return ""
    if Protego.parse(robots.body[:MOST_BYTES]).can_fetch(page, NAME):
        return ""
    return "The site's robots.txt asks programs not to read this page."
