"""One run a week, on every clock-change day, whatever the place and however many beats ring."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.digests.scheduling import Schedule, due_period

ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")


def clock_changes(zone: ZoneInfo, first: int = 2024, last: int = 2035) -> list[date]:
    days = (date(first, 1, 1) + timedelta(days=n) for n in range((date(last + 1, 1, 1) - date(first, 1, 1)).days))

    def offset(day: date) -> timedelta | None:
        return datetime(day.year, day.month, day.day, tzinfo=zone).utcoffset()

    return [day for day in days if offset(day) != offset(day + timedelta(days=1))]


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("weekday", range(7))
def test_every_week_with_a_clock_change_has_exactly_one_boundary(name, weekday):
    zone = ZoneInfo(name)
    schedule = Schedule(zone, weekday)
    for changed in clock_changes(zone) or [date(2030, 3, 3)]:
        start = datetime(changed.year, changed.month, changed.day, tzinfo=zone).astimezone(UTC) - timedelta(days=8)
        runs, last_end = [], schedule.last_boundary(start)
        for hour in range(24 * 15):
            for _beat in range(2):
                period = due_period(last_end, start + timedelta(hours=hour), schedule)
                if period:
                    runs.append(period)
                    last_end = period.end
        locals_ = [run.end.astimezone(zone) for run in runs]
        days = [local.date() for local in locals_]
        assert {later - earlier for earlier, later in pairwise(days)} == {timedelta(days=7)}
        assert {(local.weekday(), local.hour, local.minute) for local in locals_} == {(weekday, 8, 0)}
        assert all(earlier.end == later.start for earlier, later in pairwise(runs))


@given(weeks=st.integers(1, 60), offset=st.integers(0, 7 * 24 * 60 - 1))
def test_after_any_silence_there_is_one_long_period_and_then_none(weeks, offset):
    schedule = Schedule(ZoneInfo("Europe/London"))
    last_end = schedule.last_boundary(datetime(2026, 1, 7, tzinfo=UTC))
    now = last_end + timedelta(weeks=weeks, minutes=offset)
    period = due_period(last_end, now, schedule)
    if period is None:
        assert schedule.last_boundary(now) == last_end
    else:
        assert (period.start, period.end) == (last_end, schedule.last_boundary(now))
        assert due_period(period.end, now, schedule) is None
