"""The watch in figures: (name, meaning, value, the limit above which something is wrong or None)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from monitoring.models import Source, Suggestion

Figure = tuple[str, str, float, float | None]
LATE = timedelta(minutes=15)
NO_GOOD_POLL = timedelta(hours=6)


def figures(now: datetime) -> Iterator[Figure]:
    totals = Source.objects.totals()
    yield "sources_watched", "sources that are asked regularly", totals["watched"], None
    yield "sources_due", "sources whose time has come", Source.objects.due(now).count(), None
    yield "sources_late_seconds", "how long the longest waiting source waits", _longest_wait(now), LATE.total_seconds()
    yield "sources_failing", "sources that failed for a week", Source.objects.failing_for_a_week(now).count(), None
    yield "last_good_poll_age_seconds", "age of the last good answer of any source", *_last_good_poll(totals, now)
    yield "suggestions_waiting", "suggestions that wait for an editor", Suggestion.objects.waiting(now).count(), None


def _longest_wait(now: datetime) -> float:
    """A claimed source is being asked and waits no more."""
    first = Source.objects.due(now).longest_waiting_first().first()
    return (now - first.next_check_at).total_seconds() if first else 0.0


def _last_good_poll(totals: dict[str, Any], now: datetime) -> tuple[float, float | None]:
    last = totals["last_success_at"]
    if not totals["watched"] or last is None:
        return 0.0, None
    return (now - last).total_seconds(), NO_GOOD_POLL.total_seconds()
