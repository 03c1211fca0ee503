"""Figures about the running system, read from the database so that they survive the broker.

Each room offers its own in a function named in `settings.GAUGES`; the frame does not know what they count.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.module_loading import import_string

from tracker.celery import QUEUES
from tracker.models import Bell

Offer = tuple[str, str, float, float | None]
# The bell rings every minute: three were missed. A supervisor replaces the worker then, within five minutes in all.
UNHEARD = timedelta(minutes=4)


@dataclass(frozen=True)
class Gauge:
    """`limit`: above it something is wrong; None: only worth knowing."""

    name: str
    meaning: str
    value: float
    limit: float | None = None

    @property
    def wrong(self) -> bool:
        return self.limit is not None and self.value > self.limit


def read(now: datetime) -> list[Gauge]:
    offers: list[Callable[[datetime], Iterable[Offer]]] = [import_string(name) for name in settings.GAUGES]
    return [*bells(now), *(Gauge(*offer) for offered in offers for offer in offered(now))]


def bells(now: datetime) -> Iterator[Gauge]:
    """A queue that was never heard counts from the start of time, so a fleet without its worker is found."""
    heard = Bell.objects.last_heard()
    for queue in QUEUES:
        age = (now - heard[queue]).total_seconds() if queue in heard else 1e9
        meaning = f"seconds since a worker of the queue {queue} last heard the bell"
        yield Gauge(f"bell_{queue}_age_seconds", meaning, max(round(age), 0), UNHEARD.total_seconds())
