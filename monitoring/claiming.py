"""Who asks what: due sources are claimed a batch at a time with their hosts, so that no two workers meet at a host."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from monitoring.models import HostState, HubSubscription, Source
from monitoring.models.sources import SourceQuerySet

BATCH = 100
MOST_PER_HOST = 60
MOST_AT_ONCE = 5_000  # in one process; what is fetched waits for room, so memory does not grow with it
# How many of the longest waiting a worker looks at for its batch: enough for ten that claim at the same moment.
CANDIDATES = 10 * BATCH
# With the minute until the next ring, what a killed worker held is asked again within two minutes.
LEASE = timedelta(seconds=50)
# Three times within a lease, so that one slow statement does not lose it.
RENEW_SECONDS = 15.0


@dataclass(slots=True)
class Batch:
    """Sources to ask under one claim, which is also the lease of their hosts. It runs out by itself if not renewed."""

    claim: str
    sources: list[Source]

    def take(self) -> list[Source]:
        """The sources, once: whoever comes second gets none."""
        taken, self.sources = self.sources, []
        return taken


def batches_due(now: datetime) -> int:
    """How many workers' turns what is due would fill."""
    due = Source.objects.due(now)[:MOST_AT_ONCE].count()
    return -(-due // BATCH)


def claim_batch(now: datetime, claim: str = "") -> Batch | None:
    """One worker's turn of what is due, passing over what others are claiming at this moment.

    With a `claim` it is put to what the worker holds under that already.
    """
    return _claim(Source.objects.timely(now), now, BATCH, claim)


def claim_due(now: datetime) -> Batch | None:
    """Everything that is due, for one process to poll; what is claimed here is due nowhere else meanwhile."""
    return _claim(Source.objects.timely(now), now, MOST_AT_ONCE)


def claim_wanted(now: datetime, source_ids: Iterable[int] | None = None) -> Batch | None:
    """What a person wants asked now, due or not: these, or all that are watched."""
    wanted = Source.objects.may_be_asked(now)
    return _claim(wanted if source_ids is None else wanted.numbered(source_ids), now, MOST_AT_ONCE)


@transaction.atomic
def _claim(wanted: SourceQuerySet, now: datetime, limit: int, claim: str = "") -> Batch | None:
    """First the hosts, then the sources: who holds a host's lease is alone with its sources.

    On PostgreSQL the host rows are locked, and those another worker has locked are passed over.
    """
    claim, until = claim or uuid.uuid4().hex, now + LEASE
    candidates = wanted.of_free_hosts(now).longest_waiting_first().values("host_id")[: max(limit, CANDIDATES)]
    hosts = {host.pk: host for host in HostState.objects.take(candidates, claim, now, until, most=limit)}
    if not hosts:
        return None
    chosen = wanted.on_hosts(hosts, most=MOST_PER_HOST).longest_waiting_first()[:limit]
    sources = chosen.claim(claim, until)
    if idle := set(hosts) - {source.host_id for source in sources}:
        HostState.objects.give_back(idle, claim)
    for source in sources:
        source.host = hosts[source.host_id]
    HubSubscription.objects.put_beside(sources)
    sources.sort(key=lambda source: (source.next_check_at, source.pk))
    return Batch(claim, sources) if sources else None


@dataclass(slots=True)
class Hold:
    """Keeps what is held alive while it is worked on: call `keep` often, it renews only when it is time."""

    renew: Callable[[datetime], object]
    now: datetime
    began: float = field(default_factory=time.monotonic)
    renewed: float = 0.0

    def keep(self) -> None:
        gone = time.monotonic() - self.began
        if gone - self.renewed < RENEW_SECONDS:
            return
        self.renewed = gone
        self.renew(self.now + timedelta(seconds=gone) + LEASE)
