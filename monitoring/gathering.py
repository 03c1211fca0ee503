"""Ask many sources at once and read what is new: network and parsing, no database, no decisions.

Hosts side by side, the sources of one host one after the other with its gap between them. What is finished is handed
out at once, so that a slow source holds up nobody. The event loop runs in a thread of its own and the caller's thread
stays free for the database.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitoring import fetching, hashing, parsing, robots
from monitoring.fetching import Ask, Fetched, Outcome
from monitoring.parsing import Job, Kind, Parsed

IN_FLIGHT = 50
CHUNK = 100
ROOM = 300  # documents fetched and not yet stored; beyond that no more are asked for
HELD_SECONDS = 5.0  # nothing that is read waits longer before it is stored
QUIET_SECONDS = 1.0  # and no longer than this when nothing else arrives: then only slow sources are left
FEW = IN_FLIGHT // 2  # so many may be waited for while others are asked beside them
BATCH_SECONDS = 180.0  # a task may take 240
# While nothing arrives the caller is called this often: it has leases to renew.
TICK_SECONDS = 5.0
OUT_OF_REACH = {Outcome.NO_ADDRESS, Outcome.NO_CONNECTION}
ROBOTS_OUTCOMES = {Outcome.OK, Outcome.NOT_FOUND, Outcome.FORBIDDEN, Outcome.CLIENT_ERROR, Outcome.GONE}


@dataclass(frozen=True, slots=True)
class Assignment:
    """One source to ask. `wait_first` is what is left of its host's gap since the last request."""

    source_id: int
    host_id: int
    kind: Kind
    ask: Ask
    body_hash: str = ""
    selector: str = ""
    gap: float = 0.0
    wait_first: float = 0.0
    is_gateway: bool = False
    robots: robots.Robots = field(default_factory=robots.Robots)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What asking one source came to. `parsed` is None when there was nothing to read or nothing new.

    `robots` is set when the host's robots.txt was asked on the way; `began` and `ended` count seconds from the start.
    """

    source_id: int
    fetched: Fetched
    parsed: Parsed | None = None
    body_hash: str = ""
    robots: robots.Robots | None = None
    began: float = 0.0
    ended: float = 0.0


@dataclass(frozen=True, slots=True)
class Manners:
    """How this installation asks."""

    user_agent: str
    gate: fetching.Gate
    deadline: float = 20.0
    in_flight: int = IN_FLIGHT
    batch_seconds: float = BATCH_SECONDS

    def fetcher(self) -> fetching.Fetcher:
        return fetching.Fetcher(user_agent=self.user_agent, gate=self.gate, deadline=self.deadline)


Results = queue.SimpleQueue[Gathered | BaseException | None]
Further = Callable[[float], Sequence[Assignment]]


def gather(
    assignments: Sequence[Assignment],
    manners: Manners,
    now: datetime,
    meanwhile: Callable[[], None] = lambda: None,
    further: Further = lambda _seconds: (),
) -> Iterator[list[Gathered]]:
    """What has finished, a chunk at a time; sources for which no time was left are not among it.

    A chunk is handed out when it is full, when nothing arrives for a second, when its first result has waited for five,
    and at the end. `meanwhile` is called in the caller's thread before each result, and every few seconds while there
    is none; `further`, with the seconds since the start, when few are left and slow: what it returns is asked beside
    them, and the first time that this is nothing is the last.
    """
    results: Results = queue.SimpleQueue()
    round_ = _Round(manners, results, now)
    thread = threading.Thread(target=round_.run, args=(list(assignments),), name="gathering", daemon=True)
    thread.start()
    try:
        for chunk in _chunks(results, meanwhile, _Topping(round_, further, len(assignments))):
            yield chunk
            round_.make_room(len(chunk))
    finally:
        round_.stop()
        thread.join()


class _Topping:
    """Counts what is still waited for, and asks for more when that is little."""

    def __init__(self, round_: _Round, further: Further, left: int) -> None:
        self._round, self._further, self.left = round_, further, left
        self._began = time.monotonic()
        self.is_over = False

    def when_quiet(self) -> None:
        if self.is_over or self.left > FEW:
            return
        more = self._further(time.monotonic() - self._began)
        self.is_over = not more
        self.left += len(more)
        self._round.add(more)


def _chunks(results: Results, meanwhile: Callable[[], None], topping: _Topping) -> Iterator[list[Gathered]]:
    chunk: list[Gathered] = []
    until = 0.0
    while True:
        meanwhile()
        patience = min(until - time.monotonic(), QUIET_SECONDS) if chunk else TICK_SECONDS
        try:
            result = results.get(timeout=max(patience, 0.0))
        except queue.Empty:
            if chunk:
                yield chunk
            chunk = []
            topping.when_quiet()
            continue
        if isinstance(result, Gathered):
            topping.left -= 1
            until = until if chunk else time.monotonic() + HELD_SECONDS
            chunk.append(result)
        if chunk and (len(chunk) >= CHUNK or not isinstance(result, Gathered)):
            yield chunk
            chunk = []
        if isinstance(result, BaseException):
            raise result
        if result is None:
            return


class _Round:
    def __init__(self, manners: Manners, results: Results, now: datetime) -> None:
        self._manners = manners
        self._results = results
        self._now = now
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._readers = ThreadPoolExecutor(2, "reading")
        self._resolvers = ThreadPoolExecutor(16, "resolving")

    def run(self, assignments: list[Assignment]) -> None:
        try:
            asyncio.run(self._main(assignments))
        except asyncio.CancelledError:
            pass
        except BaseException as error:
            self._results.put(error)
        finally:
            self._readers.shutdown(wait=False, cancel_futures=True)
            self._resolvers.shutdown(wait=False, cancel_futures=True)
            self._results.put(None)

    def make_room(self, count: int) -> None:
        """So many results are stored and gone."""
        if self._loop:
            with contextlib.suppress(RuntimeError):  # the loop may have ended by itself
                self._loop.call_soon_threadsafe(self._free, count)

    def add(self, assignments: Sequence[Assignment]) -> None:
        """Ask these too. If the round has just ended by itself, they are not asked."""
        if self._loop and assignments:
            with contextlib.suppress(RuntimeError):  # the loop may have ended by itself
                self._loop.call_soon_threadsafe(self._begin, assignments)

    def _begin(self, assignments: Sequence[Assignment]) -> None:
        by_host: dict[int, list[Assignment]] = defaultdict(list)
        for assignment in assignments:
            by_host[assignment.host_id].append(assignment)
        for turns in by_host.values():
            asking = self._ask_host(turns)
            try:
                self._group.create_task(asking)
            except RuntimeError:  # the group has ended by itself
                asking.close()

    def _free(self, count: int) -> None:
        for _one in range(count):
            self._room.release()

    def stop(self) -> None:
        if self._loop and self._task and not self._task.done():
            with contextlib.suppress(RuntimeError):  # the loop may have ended by itself in between
                self._loop.call_soon_threadsafe(self._task.cancel)

    async def _main(self, assignments: list[Assignment]) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._loop.set_default_executor(self._resolvers)
        self._started = self._loop.time()
        self._flight = asyncio.Semaphore(self._manners.in_flight)
        self._room = asyncio.Semaphore(ROOM)
        async with self._manners.fetcher() as fetcher, asyncio.TaskGroup() as group:
            self._fetcher, self._group = fetcher, group
            self._begin(assignments)

    async def _ask_host(self, turns: list[Assignment]) -> None:
        """One after the other; reading goes on beside the next request."""
        await asyncio.sleep(turns[0].wait_first)
        known = turns[0].robots
        down: dict[str, Fetched] = {}
        for number, assignment in enumerate(turns):
            name = urlsplit(assignment.ask.address).netloc
            if name in down:
                await self._room.acquire()
                self._put_down(assignment, down[name])
                continue
            if number:
                await asyncio.sleep(assignment.gap)
            if self._seconds() > self._manners.batch_seconds:
                return
            async with self._flight:
                began = self._seconds()
                asked, known = await self._ask(replace(assignment, robots=known))
                await self._room.acquire()
            self._group.create_task(self._read(assignment, replace(asked, began=began)))
            if asks_for_rest(asked.fetched) and not assignment.is_gateway:
                return
            if asked.fetched.outcome in OUT_OF_REACH:
                down[name] = asked.fetched

    def _put_down(self, assignment: Assignment, first: Fetched) -> None:
        """What cannot be reached for one source cannot be for the next: say so without knocking again."""
        moment = self._seconds()
        fetched = replace(first, asked=assignment.ask.address, seconds=0.0)
        self._results.put(Gathered(assignment.source_id, fetched, began=moment, ended=moment))

    async def _ask(self, assignment: Assignment) -> tuple[Gathered, robots.Robots]:
        known, fresh = assignment.robots, None
        if assignment.kind is Kind.PAGE:
            if not known.is_fresh(self._now):
                known = fresh = await self._ask_robots(assignment)
                await asyncio.sleep(assignment.gap)
            if why := robots.objection(known, assignment.ask.address):
                waits = known.status is None or known.status >= 500
                outcome = Outcome.UNAVAILABLE if waits else Outcome.REFUSED
                refused = Fetched(assignment.ask.address, outcome, error=why)
                return Gathered(assignment.source_id, refused, robots=fresh), known
        fetched = await self._fetcher.fetch(assignment.ask)
        return Gathered(assignment.source_id, fetched, robots=fresh), known

    async def _ask_robots(self, assignment: Assignment) -> robots.Robots:
        fetched = await self._fetcher.fetch(Ask(robots.address_for(assignment.ask.address)))
        status = fetched.status if fetched.outcome in ROBOTS_OUTCOMES or fetched.status else None
        checked_at = self._now + timedelta(seconds=self._seconds())
        return robots.Robots(fetched.body.decode("utf-8", "replace"), status, checked_at)

    async def _read(self, assignment: Assignment, asked: Gathered) -> None:
        fetched = asked.fetched
        if fetched.ok:
            digest = hashing.body_hash(fetched.body)
            parsed = None
            if digest != assignment.body_hash:
                parsed = await asyncio.get_running_loop().run_in_executor(
                    self._readers, parsing.parse, job_for(assignment.kind, fetched, assignment.selector)
                )
            asked = replace(asked, parsed=parsed, body_hash=digest)
        self._results.put(replace(asked, fetched=replace(fetched, body=b""), ended=self._seconds()))

    def _seconds(self) -> float:
        assert self._loop is not None
        return self._loop.time() - self._started


def asks_for_rest(fetched: Fetched) -> bool:
    """A server that names a time before which it does not want to be asked."""
    return fetched.outcome in {Outcome.TOO_MANY, Outcome.UNAVAILABLE} and "retry-after" in fetched.headers


def job_for(kind: Kind, fetched: Fetched, selector: str = "") -> Job:
    return Job(kind, fetched.body, fetched.final, fetched.headers.get("content-type", ""), selector)
