"""Any number of beats at once on every day on which clocks change: exactly one run a week, without gap or overlap."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from itertools import pairwise
from time import sleep
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError, connection

from commitments.digests import building, scheduling, sending
from commitments.digests.models import DigestRun
from tests.digests.test_scheduling import ZONES, days_to_try

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


class Beats:
    """So many doors that ring at the same moment, each with a connection of its own."""

    def __init__(self, count: int) -> None:
        self.count, self._start = count, threading.Barrier(max(count, 1))
        self._pool = ThreadPoolExecutor(max(count, 1))

    def ring(self, now: datetime) -> int:
        """How many runs of the week they built together."""
        before = DigestRun.objects.weekly().count()
        list(self._pool.map(self._ring, [now] * self.count))
        return DigestRun.objects.weekly().count() - before

    def _ring(self, now: datetime) -> None:
        self._start.wait(120)
        while True:
            try:
                sending.start_run(now)
                return
            except OperationalError as error:  # SQLite in memory does not wait for a lock; the next beat comes anyway
                if "locked" not in str(error):
                    raise
                sleep(0.003)

    def go_home(self) -> None:
        list(self._pool.map(self._leave, range(self.count)))
        self._pool.shutdown()

    def _leave(self, _: int) -> None:
        self._start.wait(120)
        connection.close()


# At eight, and in the hour that clocks skip or repeat.
EIGHT, SKIPPED = time(8, 0), time(2, 15)
WAYS = [(0, EIGHT), (1, EIGHT), (2, SKIPPED), (2, EIGHT), (5, SKIPPED)]
# Which day it is changes arithmetic only, and that is tried for every day in test_scheduling. Here a spring and an
# autumn pass through the database; `make chaos` takes all 24.
DAYS = None if os.environ.get("EVERY_CLOCK_CHANGE") else 2


@pytest.mark.parametrize("name", ZONES)
def test_exactly_one_run_whatever_the_clocks_do_and_however_many_beats_ring(name, monkeypatch):
    zone = ZoneInfo(name)
    for beats, at in WAYS:
        house = Beats(beats)
        try:
            for day in days_to_try(zone)[:DAYS]:
                schedule = scheduling.Schedule(zone, day.weekday(), at)
                monkeypatch.setattr(building, "schedule", lambda schedule=schedule: schedule)
                ring_around(house, schedule.boundary_on(day), f"{day} {at}, {beats} beats")
        finally:
            house.go_home()
        runs = list(DigestRun.objects.weekly().order_by("ends_at"))
        assert bool(runs) == bool(beats)
        assert all(earlier.ends_at == later.starts_at for earlier, later in pairwise(runs))
        for run in DigestRun.objects.order_by("-pk"):
            run.delete()


def ring_around(house: Beats, boundary: datetime, what: str) -> None:
    """A minute before, when whatever was due before is built, at the boundary and an hour after it."""
    house.ring(boundary - timedelta(minutes=1))
    built = [house.ring(boundary + timedelta(minutes=minutes)) for minutes in (0, 61)]
    assert built == ([1, 0] if house.count else [0, 0]), what
    if house.count:
        assert DigestRun.objects.weekly().order_by("-ends_at")[0].ends_at == boundary, what
