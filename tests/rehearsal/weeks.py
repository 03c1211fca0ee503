"""The weeks of the rehearsal: what happens in one, and what is held against the record afterwards."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from commitments.digests.models import Delivery, DigestRun
from commitments.models import StatusChange
from monitoring.models import Item, Source
from tests.rehearsal import clock, people, wire
from tests.rehearsal.house import House, wait_until
from tests.support import mailing
from tracker import servers
from tracker.celery import QUEUES, app

LONDON = ZoneInfo("Europe/London")
PATIENCE = 300.0
STEADY_AFTER = 3  # weeks in which caches fill and children are forked
FLAT = 1.15  # the memory of the last week over that of the first steady one


def _noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 12, tzinfo=LONDON)


def _said_since(on: date) -> dict[str, str]:
    """Reference and status of what was put right about a day after it: news of that week that was read in the next.

    Worked out from the rows: of what holds on that day and no correction took back, the last that took effect.
    """
    known = StatusChange.objects.filter(effective_on__lte=on, corrections=None).order_by("effective_on", "sequence")
    last = {change.commitment.ref: change for change in known.select_related("commitment")}
    touched = known.filter(recorded_at__gt=_noon(on)).values_list("commitment__ref", flat=True)
    return {ref: last[ref].status for ref in touched}


class Rehearsal:
    """All weeks, and what was found wrong in them."""

    def __init__(self, house: House, news: wire.Wire, sink: mailing.Sink, monday: datetime) -> None:
        self.house, self.news, self.sink, self.monday = house, news, sink, monday
        self.desk = people.Desk()
        self.faults: list[str] = []
        self.pages: dict[date, dict[str, str]] = {}
        self.memory: list[Counter[str]] = []
        self.letters = 0

    def begin(self, readers: int, outline: Path) -> None:
        clock.put(self.monday + timedelta(minutes=1))
        outline.write_text(self.news.opml())
        self.house.fleet.manage("import_sources", str(outline))
        people.sign_up(readers, clock.now())
        self._post()

    def week(self, number: int) -> str:
        began = time.monotonic()
        start = self.monday + timedelta(weeks=number)
        end = (start.astimezone(LONDON).replace(tzinfo=None) + timedelta(weeks=1)).replace(tzinfo=LONDON)
        self.news.week = number
        self._poll(start + timedelta(days=1, hours=1))
        self._decide(number, start + timedelta(days=2, hours=4))
        self._page((start + timedelta(days=5)).date())
        said = self._letters(start, end)
        self.memory.append(self.house.megabytes())
        return f"week {number + 1:2}: {said}, {self.memory[-1].total()} MB, {time.monotonic() - began:.0f} s"

    def _poll(self, now: datetime) -> None:
        clock.put(now)
        Source.objects.all().make_due(now)
        ring("monitoring.tasks.poll_due_sources")
        # A batch that was claimed just before the clock jumped has a claim that looks ended, and is still being read.
        wanted = self.news.sources * self.news.published()
        is_read = lambda: self._items() >= wanted and not Source.objects.due(clock.now()).exists() and self._idle()  # noqa: E731
        self._wait(is_read, "every source is read")
        found = self._items()
        self._hold(found == wanted, f"{found} items are stored, {wanted} were published")

    def _decide(self, number: int, now: datetime) -> None:
        clock.put(now)
        self.desk.work(number, clock.now())

    def _page(self, on: date) -> None:
        """Keep what the page says on a Saturday, when the week's work is done."""
        clock.put(_noon(on))
        self.pages[on] = self.house.statuses()

    def _letters(self, start: datetime, end: datetime) -> str:
        clock.put(end + timedelta(minutes=1))
        owed, before = people.owed(start, end, LONDON), len(self.sink.letters)
        self._post()
        got = Counter(letter.recipients[0] for letter in self.sink.letters[before:])
        self.letters += got.total()
        twice, none, more = [a for a, n in got.items() if n > 1], owed - set(got), set(got) - owed
        self._hold(not twice and not none and not more, f"{len(twice)} twice, {len(none)} none, {len(more)} unasked")
        self.house.fleet.manage("verify_ledger")
        return f"{self._items():6} items, {len(owed):5} readers owed a letter, {got.total():5} letters"

    def _post(self) -> None:
        for _bell in range(3):  # lost or doubled bells change nothing
            ring("commitments.digests.tasks.send_due_digests")
        built = lambda: DigestRun.objects.weekly().filter(ends_at__gt=clock.now() - timedelta(hours=1))  # noqa: E731
        self._wait(lambda: built().exists() and not Delivery.objects.all().unfinished().exists(), "every letter left")
        self._wait(lambda: not DigestRun.objects.sending().exists() and self._idle(), "every run is done")

    def _idle(self) -> bool:
        held = Source.objects.filter(claimed_until_at__gt=clock.now())
        return not held.exists() and not servers.waiting(settings.BROKER_URL, QUEUES)

    def _items(self) -> int:
        return Item.objects.count()

    def end(self) -> None:
        """What can only be said when all is over: each past page again, memory, logs, processes."""
        for on, page in self.pages.items():
            again, right = self.house.statuses(f"?as_of={on}"), page | _said_since(on)
            differ = [ref for ref in page if again.get(ref) != right[ref]]
            self._hold(not differ, f"the page as of {on} says neither what it said nor better: {', '.join(differ)}")
        steady = self.memory[min(STEADY_AFTER, len(self.memory)) - 1].total()
        self._hold(self.memory[-1].total() <= steady * FLAT, f"memory grew from {steady} MB")
        trouble = self.house.trouble()
        self._hold(not trouble, f"{len(trouble)} lines of trouble in the logs, first: {trouble[:1]}")
        self._hold(not self.house.fallen(), f"fallen: {', '.join(self.house.fallen())}")

    def _hold(self, is_right: bool, otherwise: str) -> None:
        if not is_right:
            self.faults.append(otherwise)
            print(f"  WRONG: {otherwise}", flush=True)

    def _wait(self, condition: Callable[[], object], what: str) -> None:
        wait_until(condition, PATIENCE, what)


def ring(task: str) -> None:
    app.send_task(task)
