"""One run a week, on every clock-change day, whatever the place and however many beats ring."""

from datetime import UTC, date, datetime, time, timedelta
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


def days_to_try(zone: ZoneInfo) -> list[date]:
    """Clock-change days; Samoa has left its clocks alone since 2021, its weeks are tried all the same."""
    days = clock_changes(zone)
    assert days or zone.key == "Pacific/Apia"
    return days or [date(year, 4, 7) for year in range(2024, 2036)]


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("at", [time(8, 0), time(2, 15)])
@pytest.mark.parametrize("beats", [0, 1, 2, 5])
def test_each_clock_change_day_has_one_period_however_often_it_is_asked_for(name, at, beats):
    for day in days_to_try(ZoneInfo(name)):
        schedule = Schedule(ZoneInfo(name), day.weekday(), at)
        boundary = schedule.boundary_on(day)
        last_end, built = schedule.boundary_before(boundary), []
        for minutes in (-1, *[0] * 3, 61, 60 * 24):
            for _ in range(beats):
                period = due_period(last_end, boundary + timedelta(minutes=minutes), schedule)
                if period:
                    built.append((minutes, period))
                    last_end = period.end
        assert [(minutes, period.end) for minutes, period in built] == ([(0, boundary)] if beats else []), day
        assert all(timedelta(days=6, hours=23) <= period.end - period.start <= timedelta(days=7, hours=1)
                   for _, period in built)  # fmt: skip


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
