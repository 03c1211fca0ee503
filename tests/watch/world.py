"""A watch in a test: sources on loopback, and a clock that the test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from monitoring import claiming, fetching, polling
from monitoring.gathering import Manners
from monitoring.models import Item, Source

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
AGENT = "CommitmentTracker/1.0 (+https://tracker.example; team@tracker.example)"


def manners(**how: Any) -> Manners:
    how.setdefault("gate", fetching.Gate(allowed=fetching.read_networks("127.0.0.0/8")))
    return Manners(user_agent=AGENT, **{"deadline": 30.0, **how})


def watch(address: str, **about: Any) -> Source:
    """A source that is due at once."""
    about.setdefault("title", f"Source {address}")
    return Source.objects.create(address=address, next_check_at=NOW - 365 * DAY, **about)


def poll(now: datetime = NOW, **how: Any) -> polling.Report:
    return polling.poll_alone(claiming.claim_due(now), now, how=manners(**how))


def poll_by_hand(*sources: Source, now: datetime = NOW, **how: Any) -> polling.Report:
    wanted = [source.pk for source in sources] or None
    return polling.poll_alone(claiming.claim_wanted(now, wanted), now, how=manners(**how))


def titles(source: Source | None = None) -> list[str]:
    items = Item.objects.all() if source is None else Item.objects.filter(source=source)
    return sorted(items.values_list("title", flat=True))


def read_again(source: Source) -> Source:
    return Source.objects.select_related("host").get(pk=source.pk)
