"""What the fleet has to do while it is struck: news in feeds, decisions of a person, letters about them, readers."""

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

from django.db import DatabaseError, connection
from django.utils import timezone

from bench.farm import host_name
from commitments.digests.models import Subscriber
from commitments.models import Commitment
from monitoring.models import HostState, Item, Source
from tests.faults.house import House
from tests.record.builders import commitment, person

DECISION_EVERY = 2.0
LOOK_EVERY = 0.5
NEWS_A_TURN = 2  # of bench/farm.py


class Feeds:
    """Feeds whose every item has a known name, so that the lost and the doubled can be counted."""

    def __init__(self, house: House, number: int, items: int) -> None:
        self.house, self.number, self.items, self.turns = house, number, items, 0

    def add(self) -> None:
        addresses = [f"http://{host_name(n)}:{self.house.farm.port}/{n}.xml" for n in range(self.number)]
        Source.objects.bulk_create(
            Source(title=f"Feed {n}", address=one, host=HostState.objects.named(one), next_check_at=timezone.now())
            for n, one in enumerate(addresses)
        )

    def turn(self) -> None:
        """Two news in each."""
        self.house.farm.turn(100)
        self.turns += 1

    def expected(self) -> set[str]:
        last = self.items + NEWS_A_TURN * self.turns
        return {f"{feed}-{item}" for feed in range(self.number) for item in range(1, last + 1)}

    def stored(self) -> list[str]:
        return list(
            Item.objects.exclude(guid="").filter(source__title__startswith="Feed ").values_list("guid", flat=True)
        )

    def press(self) -> int:
        """Make due whatever lacks an item, as a person would by a button; claims are left alone. Returns how many."""
        lacking = {int(name.split("-")[0]) for name in self.expected() - set(self.stored())}
        wanted = [f"Feed {number}" for number in lacking]
        Source.objects.filter(title__in=wanted, next_check_at__gt=timezone.now()).update(next_check_at=timezone.now())
        return len(lacking)

    def unjudged(self) -> int:
        return Item.objects.filter(judged_at__isnull=True).count()


class Desk:
    """A person who decides every two seconds; what was acknowledged must never be missing."""

    def __init__(self) -> None:
        self.promise: Commitment = commitment(slug="struck", ref="T-FAULTS", published_at=timezone.now())
        self.by, self.numbers = person("erin"), count(1)
        self.acknowledged: dict[str, int] = {}

    def decide(self) -> int:
        """Publish the next change; returns its place in the ledger. Raises what the database raises."""
        number, now = next(self.numbers), timezone.now()
        link = self.promise.add_evidence(
            title=f"Register, entry {number}",
            url=f"https://register.example/struck/{number}",
            publisher="Register",
            published_on=now.date(),
            tier="T1",
            stance="supports",
            act="action",
            now=now,
            by=self.by,
        )
        promise = Commitment.objects.get(pk=self.promise.pk)
        change = promise.change_status(
            # Never what it is already: an attempt that failed has used a number up, and only a change is told.
            "stalled" if promise.status == "in_progress" else "in_progress",
            reason=f"Decision {number}.",
            evidence=[link.evidence],
            by=self.by,
            effective_on=now.date(),
            now=now,
        )
        self.acknowledged[change.reason] = change.sequence
        return change.sequence


class Readers:
    """Asks for the front page twice a second and remembers when it last answered."""

    def __init__(self, house: House) -> None:
        self.address, self.answered_at = f"http://127.0.0.1:{house.fleet.port}/", 0.0

    def ask(self) -> None:
        began = time.monotonic()
        try:
            with urllib.request.urlopen(self.address, timeout=5) as answer:
                if answer.status == 200:
                    self.answered_at = began
        except (urllib.error.URLError, OSError):
            return


class Steady:
    """Does something again and again in a thread of its own; the database may be away meanwhile."""

    def __init__(self, what: Callable[[], Any], every: float) -> None:
        self.what, self.every, self.end = what, every, threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Steady":
        self.thread.start()
        return self

    def __exit__(self, *trouble: object) -> None:
        self.end.set()
        self.thread.join(60)

    def _run(self) -> None:
        while not self.end.wait(self.every):
            attempt(self.what)
        connection.close()


def attempt(what: Callable[[], Any]) -> Any:
    """None when the database is away; the next attempt gets a new connection."""
    try:
        return what()
    except DatabaseError:
        connection.close()
        return None


def add_readers(number: int) -> None:
    """Confirmed readers who want to be told of every change at once."""
    now = timezone.now() - timedelta(days=1)
    Subscriber.objects.bulk_create(
        Subscriber(
            email=f"r{n}@reader.example", state="active", alert_scope="everything", created_at=now, confirmed_at=now
        )
        for n in range(number)
    )
