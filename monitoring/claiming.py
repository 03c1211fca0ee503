"""Who asks what: due sources are claimed in batches, all of a host in one, so that no two workers meet at a host."""

from __future__ import annotations

import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from monitoring.models import HostState, Source
from monitoring.models.sources import SourceQuerySet

BATCH = 100
MOST_PER_HOST = 60
MOST_AT_ONCE = 5_000
MOST_TOGETHER = MOST_AT_ONCE  # in one process; what is fetched waits for room, so memory does not grow with it
# How many of the longest waiting a worker looks at for its batch: enough for ten that claim at the same moment.
CANDIDATES = 10 * BATCH
# With the minute until the next ring, what a killed worker held is asked again within two minutes.
LEASE = timedelta(seconds=50)
# Three times within a lease, so that one slow statement does not lose it.
RENEW_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Sources to ask under one claim. A claim that nobody comes for runs out by itself."""

    source_ids: tuple[int, ...]
    claim: str


def batches_due(now: datetime) -> int:
    """How many workers' turns what is due would fill."""
    due = Source.objects.due(now)[:MOST_AT_ONCE].count()
    return -(-due // BATCH)


def claim_batch(now: datetime) -> Batch | None:
    """One worker's turn of what is due, passing over what others are claiming at this moment."""
    batches = _claim(Source.objects.due(now), now, BATCH)
    return batches[0] if batches else None


def claim_due(now: datetime) -> list[Batch]:
    """Everything that is due, for one process to poll; what is claimed here is due nowhere else meanwhile."""
    return _claim(Source.objects.due(now), now, MOST_AT_ONCE)


def claim_wanted(now: datetime, source_ids: Iterable[int] | None = None) -> list[Batch]:
    """What a person wants asked now, due or not: these, or all that are watched."""
    wanted = Source.objects.may_be_asked(now)
    return _claim(wanted if source_ids is None else wanted.numbered(source_ids), now, MOST_AT_ONCE)


def together(batches: Iterable[Batch]) -> list[Batch]:
    """The same work in fewer and larger batches, for one process that has nobody to share it with."""
    joined: list[Batch] = []
    for batch in batches:
        last = joined[-1] if joined else None
        if last and last.claim == batch.claim and len(last.source_ids) + len(batch.source_ids) <= MOST_TOGETHER:
            joined[-1] = Batch(last.source_ids + batch.source_ids, batch.claim)
        else:
            joined.append(batch)
    return joined


def take_over(source_ids: Iterable[int], claim: str, now: datetime) -> str:
    """Turn a batch's claim into this worker's own; empty when somebody else came first."""
    holder = uuid.uuid4().hex
    taken = Source.objects.take_over(list(source_ids), claim, holder, now + LEASE)
    return holder if taken else ""


@transaction.atomic
def _claim(wanted: SourceQuerySet, now: datetime, limit: int) -> list[Batch]:
    """On PostgreSQL the host rows are locked, and those another worker has locked are passed over."""
    candidates = wanted.longest_waiting_first().values_list("host_id", flat=True)[: max(limit, CANDIDATES)]
    hosts = list(HostState.objects.take(set(candidates), now, most=limit))
    by_host: dict[int, list[int]] = defaultdict(list)
    for pk, host_id in wanted.on_hosts(hosts).longest_waiting_first().values_list("pk", "host_id")[:limit]:
        if len(by_host[host_id]) < MOST_PER_HOST:
            by_host[host_id].append(pk)
    if not by_host:
        return []
    claim = uuid.uuid4().hex
    Source.objects.claim([pk for ids in by_host.values() for pk in ids], claim, now + LEASE)
    HostState.objects.lease(list(by_host), claim, now + LEASE)
    return [Batch(tuple(ids), claim) for ids in cut(list(by_host.values()))]


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


def cut(groups: list[list[int]]) -> list[list[int]]:
    """Batches of about a hundred, no host in two of them."""
    batches: list[list[int]] = []
    for group in groups:
        if not batches or len(batches[-1]) + len(group) > BATCH:
            batches.append([])
        batches[-1].extend(group)
    return batches
