"""Poll a batch of sources: ask, read, store, note when to ask again."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from monitoring import bookkeeping, claiming, fetching, gathering, judging, scheduling, storing
from monitoring.bookkeeping import Answer, Turn
from monitoring.claiming import Batch
from monitoring.fetching import Ask
from monitoring.gathering import Assignment, Gathered, Manners
from monitoring.holding import Hand
from monitoring.models import Fetch, HostState, Source, writing
from monitoring.models.writing import Statement
from monitoring.parsing import Kind
from monitoring.robots import Robots

logger = logging.getLogger(__name__)
GOES_ON_SECONDS = 50.0  # by then the next ring has counted anew
ALONE_SECONDS = 600.0  # no task's limit holds outside a worker; the leases are renewed


@dataclass(frozen=True, slots=True)
class Report:
    """How many sources were asked, how many of those failed, and what came of it: items that wait to be judged."""

    asked: int = 0
    failed: int = 0
    new: int = 0
    edited: int = 0

    @property
    def has_news(self) -> bool:
        return bool(self.new or self.edited)

    def __add__(self, other: Report) -> Report:
        return Report(
            self.asked + other.asked, self.failed + other.failed, self.new + other.new, self.edited + other.edited
        )


def manners() -> Manners:
    """How this installation introduces itself and what it may reach."""
    agent = f"CommitmentTracker/1.0 (+{settings.SITE_URL}; {settings.CONTACT_EMAIL})"
    return Manners(user_agent=agent, gate=fetching.Gate(allowed=tuple(settings.ALLOW_PRIVATE_NETWORKS)))


def poll(batch: Batch, now: datetime, *, how: Manners | None = None, goes_on: bool = False) -> Report:
    """Ask the sources of a claimed batch. Safe to run twice: the second run finds it taken and does nothing.

    A worker that `goes_on` claims another batch when only slow sources are left: they hold up nothing but themselves.
    """
    hand = Hand(batch.claim, now)

    def further(seconds: float) -> list[Assignment]:
        moment = now + timedelta(seconds=seconds)
        more = claiming.claim_batch(moment, hand.claim) if goes_on and seconds < GOES_ON_SECONDS else None
        return [_assignment(source, moment) for source in hand.take(more)] if more else []

    report = Report()
    assignments = [_assignment(source, now) for source in hand.take(batch)]
    for chunk in gathering.gather(assignments, how or manners(), now, hand.keep, further):
        report += _store_safely(hand, chunk, now)
    hand.let_go()
    return report


def poll_alone(batch: Batch | None, now: datetime, *, how: Manners | None = None) -> Report:
    """Whatever was claimed, in this process, which has nobody to share it with: no task's time limit holds."""
    how = replace(how or manners(), batch_seconds=ALONE_SECONDS)
    return poll(batch, now, how=how) if batch else Report()


def assignment(host: HostState, now: datetime, **what: Any) -> Assignment:
    """Something to ask of a host in the manner due to it: its gap, what is left of it now, its robots.txt."""
    since = (now - host.last_asked_at).total_seconds() if host.last_asked_at else host.gap_seconds
    return Assignment(
        host_id=host.pk,
        gap=host.gap_seconds,
        wait_first=min(max(host.gap_seconds - since, 0.0), 60.0),
        is_gateway=host.is_gateway,
        robots=Robots(host.robots_body, host.robots_status, host.robots_checked_at),
        **what,
    )


def _assignment(source: Source, now: datetime) -> Assignment:
    conditional = source.use_validators
    ask = Ask(source.address, source.etag if conditional else "", source.last_modified if conditional else "")
    return assignment(
        source.host,
        now,
        source_id=source.pk,
        kind=Kind(source.kind),
        ask=ask,
        body_hash=source.body_hash,
        selector=source.selector,
    )


def _store_safely(hand: Hand, chunk: list[Gathered], now: datetime) -> Report:
    """One that cannot be stored must cost neither the others nor its own next check."""
    pairs = [(hand.sources[one.source_id], one) for one in chunk]
    hosts = hand.put_down([source for source, _one in pairs])
    moment = now + timedelta(seconds=max(one.ended for one in chunk))
    release = HostState.objects.releasing(hosts, hand.claim, moment)
    try:
        return _store(pairs, now, release)
    except Exception:
        logger.exception("A chunk of %d sources could not be stored; each is tried by itself", len(pairs))
    report = Report()
    for pair in pairs:
        report += _store_alone(pair, now)
    writing.write(release, HostState.objects.db)
    return report


def _store_alone(pair: tuple[Source, Gathered], now: datetime) -> Report:
    try:
        return _store([pair], now, [])
    except Exception as error:
        source, one = pair
        logger.exception("What %s answered could not be stored", source.address)
        moment = now + timedelta(seconds=one.ended)
        said = f"The answer could not be stored ({type(error).__name__}): this is a fault of the tracker's own."
        turn = bookkeeping.after_our_fault(source.state, said, Answer(one.fetched, moment, _dice(source, moment)))
        with transaction.atomic():
            _write([(source, one, turn)], storing.Stored(), now, [])
        return Report(asked=1, failed=1)


@transaction.atomic
def _store(pairs: list[tuple[Source, Gathered]], now: datetime, release: list[Statement]) -> Report:
    """Items, states and history of a chunk, and the end of its hosts' leases: all of it or none.

    Judging is a work of its own: see `judging`.
    """
    stored = storing.store(
        [(source, one.parsed) for source, one in pairs if one.parsed is not None and not one.parsed.error], now
    )
    noted = [(source, one, _turn(source, one, stored, now)) for source, one in pairs]
    _write(noted, stored, now, release)
    failed = sum(1 for _source, _one, turn in noted if turn.error)
    return Report(len(pairs), failed, len(stored.new), len(stored.edited))


def _turn(source: Source, one: Gathered, stored: storing.Stored, now: datetime) -> Turn:
    moment = now + timedelta(seconds=one.ended)
    rules = bookkeeping.Rules(
        (source.check_every or 0) * 60, source.use_validators, source.host.is_near, source.is_pushed(moment)
    )
    answer = Answer(one.fetched, moment, _dice(source, moment), one.parsed, one.body_hash)
    turn = bookkeeping.after(source.state, rules, answer)
    if stored.new_of.get(source.pk) and turn.state["newest_item_at"] is None:
        turn.state["newest_item_at"] = moment
    return turn


def _dice(source: Source, moment: datetime) -> float:
    return scheduling.spread(source.address, moment)


def _write(
    noted: list[tuple[Source, Gathered, Turn]], stored: storing.Stored, now: datetime, release: list[Statement]
) -> None:
    states = Source.objects.writing_states({source.pk: turn.state for source, _one, turn in noted})
    history = Fetch.objects.writing([_history(*one, stored, now) for one in noted])
    writing.write([*states, *history, *release], Source.objects.db)
    for source, one, turn in noted:
        if turn.rest_until and not source.host.is_gateway:
            source.host.rest(turn.rest_until, f"{urlsplit(source.address).hostname}: {turn.state['next_check_reason']}")
        if turn.outcome == fetching.Outcome.GONE:
            Source.objects.numbered([source.pk]).end()
        if turn.keep_address:
            _move(source, turn.keep_address)
        if one.robots is not None:
            source.host.remember_robots(one.robots.body, one.robots.status, one.robots.checked_at)


def _move(source: Source, address: str) -> None:
    """A source that moves to where another one is read already stays where it is; staff are told by its note."""
    if Source.objects.taken([address]):
        logger.warning("%s has moved to %s, which is another source's address", source.address, address)
        return
    Source.objects.get(pk=source.pk).move(address)


def _history(source: Source, one: Gathered, turn: Turn, stored: storing.Stored, now: datetime) -> Fetch:
    return Fetch(
        source=source,
        began_at=now + timedelta(seconds=one.began),
        seconds=round(one.fetched.seconds, 3),
        outcome=turn.outcome,
        status=one.fetched.status,
        size=one.fetched.raw_size,
        new_items=stored.new_of.get(source.pk, 0),
        edited_items=stored.edited_of.get(source.pk, 0),
        error=turn.error,
        note=turn.note,
        next_check_at=turn.state["next_check_at"],
        next_check_reason=turn.state["next_check_reason"],
    )


def take_in(source: Source, one: Gathered, now: datetime) -> Report:
    """Store and judge what a person has just had fetched, as if it had been its source's turn."""
    report = _store_safely(Hand("", now, {source.pk: source}), [one], now)
    judging.judge_waiting(now, only=source)
    return report
