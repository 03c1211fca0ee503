"""One fault from the load before it to the count after it."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.utils import timezone

from commitments.digests.models import Delivery, DigestRun
from tests.faults import census, counting, load, strikes
from tests.faults.house import House
from tracker.celery import QUEUES, app
from tracker.models import Bell

GIVE_UP = 400.0
RING_AGAIN = 15  # seconds; only to be through with the first round sooner
# The longest lease a letter may have, and the bell after it.
LONGEST_DOUBT = 720.0
# A fault strikes while this much of the round of letters has left.
LEAST_UNDER_WAY, MOST_UNDER_WAY = 0.1, 0.6
UNFINISHED = (Delivery.State.DUE, Delivery.State.CLAIMED)
HEAD = (
    "fault                 page   news  bells letters  rest   recovered  in doubt  repeats  lost or doubled\n"
    "                        s      s      s      s      s        s        letters"
)


@dataclass
class Outcome:
    """Seconds from the return of the service until each part of the work went on; `inf` where it did not."""

    name: str
    returned_at: float
    seconds: dict[str, float]
    tally: counting.Tally
    repeats: int
    ledger: str
    in_doubt: dict[int, float] = field(default_factory=dict)

    @property
    def recovered(self) -> float:
        return max([*self.seconds.values(), *self.in_doubt.values()])

    @property
    def is_good(self) -> bool:
        return self.tally.is_clean and not self.ledger and self.recovered <= strikes.WITHIN[self.name]

    def line(self) -> str:
        parts = " ".join(f"{seconds:6.1f}" for seconds in self.seconds.values())
        verdict = f"{self.tally}{'; ' + self.ledger if self.ledger else ''}"
        return (
            f"{self.name:19} {parts}   {max(self.seconds.values()):7.1f}  {len(self.in_doubt):8}  {self.repeats:7}  "
            f"{verdict}"
        )


class Trial:
    def __init__(self, house: House, chance: random.Random, feeds: int, items: int, readers: int) -> None:
        self.house, self.chance, self.number = house, chance, readers
        self.feeds, self.desk, self.readers = load.Feeds(house, feeds, items), load.Desk(), load.Readers(house)

    def begin(self) -> None:
        """Everybody is there and the first round of everything is through."""
        load.add_readers(self.number)
        self.feeds.add()
        self._ring()
        self._wait(lambda: DigestRun.objects.alerts().exists(), GIVE_UP, "the first round that marks the beginning")
        self.desk.decide()
        for second in range(int(GIVE_UP)):
            if not self.feeds.press() and not self.feeds.unjudged() and not self._untold():
                return
            if second % RING_AGAIN == 0:
                self._ring()
            time.sleep(1)
        raise TimeoutError("the fleet does not get through its first round")

    def strike(self, name: str) -> Outcome:
        repeats = len(self.house.sink.dropped)
        with load.Steady(self.readers.ask, load.LOOK_EVERY):
            with load.Steady(self.desk.decide, load.DECISION_EVERY):
                self._get_under_way()
                returned = strikes.FAULTS[name](self.house)
            seconds = self._recover(returned)
        in_doubt = {pk: float("inf") for pk in Delivery.objects.on_the_line().values_list("pk", flat=True)}
        ledger = "" if self._verified() else "the ledger does not verify"
        tally = self._tally(in_doubt)
        return Outcome(name, returned, seconds, tally, len(self.house.sink.dropped) - repeats, ledger, in_doubt)

    def wait_for_letters_in_doubt(self, outcomes: list[Outcome]) -> None:
        """Those go again when their lease has ended; the last word on lost and doubled is spoken after that."""
        deadline = max((one.returned_at for one in outcomes if one.in_doubt), default=0.0) + LONGEST_DOUBT
        while any(float("inf") in one.in_doubt.values() for one in outcomes) and time.monotonic() < deadline:
            held = set(Delivery.objects.unfinished().values_list("pk", flat=True))
            for one in outcomes:
                for pk in one.in_doubt.keys() - held:
                    one.in_doubt[pk] = min(one.in_doubt[pk], time.monotonic() - one.returned_at)
            time.sleep(1)
        for one in outcomes:
            for seconds in one.in_doubt.values():
                print(f"{one.name}: a letter that was on the line went again after {seconds:.0f} s")
        print(f"in the end lost or doubled: {self._tally({})}")

    def _get_under_way(self) -> None:
        """News wait, a decision is told, letters leave; then, at a random instant of it, the fault may strike."""
        self.desk.decide()
        self.feeds.turn()
        self.feeds.press()
        already = len(self.house.sink.letters)
        share = self.chance.uniform(LEAST_UNDER_WAY, MOST_UNDER_WAY)
        self._ring()
        self._wait(lambda: len(self.house.sink.letters) > already + share * self.number, GIVE_UP, "letters under way")

    def _recover(self, returned: float) -> dict[str, float]:
        self.feeds.turn()
        since, probe = timezone.now(), None
        wanted: dict[str, Callable[[], bool]] = {
            "page": lambda: self.readers.answered_at > returned,
            "news": lambda: not self.feeds.press() and not self.feeds.unjudged(),
            "bells": lambda: all(at > since for at in self._heard()),
            "letters": lambda: probe is not None and census.told_up_to() >= probe,
            "rest": lambda: probe is not None and not Delivery.objects.filter(state__in=UNFINISHED).exists(),
        }
        seconds = dict.fromkeys(wanted, float("inf"))
        while float("inf") in seconds.values() and time.monotonic() - returned < GIVE_UP:
            probe = probe or load.attempt(self.desk.decide)
            for name, is_met in wanted.items():
                if seconds[name] == float("inf") and load.attempt(is_met):
                    seconds[name] = time.monotonic() - returned
            time.sleep(load.LOOK_EVERY)
        return seconds

    def _heard(self) -> list[datetime]:
        heard = Bell.objects.last_heard()
        return [heard.get(queue, datetime.min.replace(tzinfo=UTC)) for queue in QUEUES]

    def _untold(self) -> bool:
        return max(self.desk.acknowledged.values()) > census.told_up_to()

    def _tally(self, in_doubt: dict[int, float]) -> counting.Tally:
        return census.take(self.feeds, self.desk, self.house.sink, leave_out=in_doubt)

    def _verified(self) -> bool:
        try:
            return bool(self.house.fleet.manage("verify_ledger").strip())
        except ChildProcessError:
            return False

    def _ring(self) -> None:
        """Loads the fleet at once instead of within a minute; recovery waits for beat's own bells."""
        for task, queue in (
            ("monitoring.tasks.poll_due_sources", "poll"),
            ("commitments.digests.tasks.send_due_digests", "mail"),
        ):
            app.send_task(task, queue=queue)

    def _wait(self, condition: Callable[[], object], seconds: float, what: str) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {seconds:.0f} s: {what}")
            time.sleep(0.05)
