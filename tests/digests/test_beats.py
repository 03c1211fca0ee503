"""Any number of beats at once on every day on which clocks change: exactly one run a week, without gap or overlap."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from time import sleep
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError, connection

from commitments.digests import building, scheduling, sending
from commitments.digests.models import DigestRun
from tests.digests.test_scheduling import ZONES, clock_changes

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


@pytest.mark.parametrize(("beats", "at"), [(0, EIGHT), (1, EIGHT), (2, SKIPPED), (2, EIGHT), (5, SKIPPED)])
@pytest.mark.parametrize("name", ZONES)
def test_exactly_one_run_whatever_the_clocks_do_and_however_many_beats_ring(name, beats, at, monkeypatch):
    zone, house, expected = ZoneInfo(name), Beats(beats), 0
    days = clock_changes(zone)
    assert (
        days or name == "Pacific/Apia"
    )  # Samoa has left its clocks alone since 2021; its weeks are tried all the same
    try:
        for day in days or [datetime(year, 4, 7, tzinfo=UTC).date() for year in range(2024, 2036)]:
            schedule = scheduling.Schedule(zone, day.weekday(), at)
            monkeypatch.setattr(building, "schedule", lambda schedule=schedule: schedule)
            boundary = schedule.boundary_on(day)
            house.ring(boundary - timedelta(minutes=1))  # whatever was due before
            built = [house.ring(boundary + timedelta(minutes=minutes)) for minutes in (0, 61)]
            assert built == ([1, 0] if beats else [0, 0]), f"{day} {at}"
            expected += bool(beats)
            if beats:
                assert DigestRun.objects.weekly().order_by("-ends_at")[0].ends_at == boundary
    finally:
        house.go_home()
    runs = list(DigestRun.objects.weekly().order_by("ends_at"))
    assert len(runs) >= expected
    assert all(earlier.ends_at == later.starts_at for earlier, later in pairwise(runs))
