"""The weekly look at what the record rests on: does each address still say it? A sample at every ring.

Asked like any source: one request at a time to a host, its gap, its robots.txt, its rest. Only what an answer proves is
noted; a server that is away, slow or refuses us proves nothing.
"""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction

from commitments.models import Evidence
from monitoring import claiming, gathering, polling, scheduling
from monitoring.fetching import Ask, Outcome
from monitoring.gathering import Gathered, Manners
from monitoring.models import HostState
from monitoring.parsing import Kind

SAMPLE = 20  # an hour; some 3,000 a week
ABSENT = {Outcome.NOT_FOUND, Outcome.GONE}


def reread(now: datetime, how: Manners | None = None) -> Counter[str]:
    """Read a sample again. Returns how many are now in each state, and how many could not be read (`unknown`)."""
    claim = uuid.uuid4().hex
    taken = _take(claim, now)
    known = {piece.pk: (piece, host) for piece, host in taken}
    hosts = sorted({host.pk for _piece, host in taken})
    hold = claiming.Hold(lambda until: HostState.objects.renew(hosts, claim, until), now)
    said: Counter[str] = Counter()
    last = 0.0
    try:
        assignments = [
            polling.assignment(host, now, source_id=piece.pk, kind=Kind.PAGE, ask=Ask(piece.url))
            for piece, host in taken
        ]
        for chunk in gathering.gather(assignments, how or polling.manners(), now, hold.keep):
            for one in chunk:
                last = max(last, one.ended)
                piece, host = known[one.source_id]
                said[_note(piece, one, now)] += 1
                _mind(host, one, now)
    finally:
        HostState.objects.release(hosts, claim, now + timedelta(seconds=last))
    return said


@transaction.atomic
def _take(claim: str, now: datetime) -> list[tuple[Evidence, HostState]]:
    """The longest unread whose hosts are free; those hosts are leased, and what is busy waits for the next ring."""
    waiting = [(piece, HostState.objects.named(piece.url)) for piece in Evidence.objects.for_rereading(now)[:SAMPLE]]
    wanted = {host.pk for _piece, host in waiting}
    free = {host.pk: host for host in HostState.objects.take(wanted, claim, now, now + claiming.LEASE, most=SAMPLE)}
    taken = [(piece, free[host.pk]) for piece, host in waiting if host.pk in free]
    Evidence.objects.take_for_rereading([piece.pk for piece, _ in taken], now)
    return taken


def _note(piece: Evidence, one: Gathered, now: datetime) -> str:
    if one.fetched.outcome in ABSENT:
        piece.note_absence(now)
    elif one.parsed is not None and not one.parsed.error and one.parsed.page_text:
        piece.note_text(one.parsed.page_text, now)
    else:
        return "unknown"
    return piece.source_state


def _mind(host: HostState, one: Gathered, now: datetime) -> None:
    """What the host said about asking: its robots.txt, and a wish for rest."""
    if one.robots is not None:
        host.remember_robots(one.robots.body, one.robots.status, one.robots.checked_at)
    if gathering.asks_for_rest(one.fetched):
        wanted = min(scheduling.retry_after(one.fetched.headers, now), scheduling.LONGEST_HOLD)
        host.rest(now + timedelta(seconds=wanted), f"{host.name} asked for rest when evidence was read again.")
