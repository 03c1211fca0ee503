"""When a letter is due: half-open periods between wall-clock boundaries, computed and never remembered.

Plain values in, plain values out. No clock, no database: the caller says what
time it is and where the last period ended.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(hours=48)


@dataclass(frozen=True)
class Period:
    """From `start` up to, not including, `end`; both in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Schedule:
    """Once a week at a wall-clock time of a place: weekday 0 is Monday."""

    zone: ZoneInfo
    weekday: int = 0
    at: time = time(8, 0)

    def last_boundary(self, now: datetime) -> datetime:
        """The newest boundary that is not after `now`, in UTC."""
        today = now.astimezone(self.zone).date()
        # A day ahead, so that a zone that skips or repeats hours is never asked to look back too far.
        on = today + timedelta(days=1)
        on -= timedelta(days=(on.weekday() - self.weekday) % 7)
        while self.boundary_on(on) > now:
            on -= WEEK
        return self.boundary_on(on)

    def boundary_on(self, on: date) -> datetime:
        """The instant of the wall-clock time on a day; in a gap the time that the clocks jump to."""
        return datetime.combine(on, self.at, tzinfo=self.zone).astimezone(UTC)

    def boundary_before(self, boundary: datetime) -> datetime:
        return self.last_boundary(boundary - timedelta(seconds=1))

    def local_day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


def due_period(last_end: datetime | None, now: datetime, schedule: Schedule) -> Period | None:
    """The one period that a run must cover now, or None.

    It starts where the last one ended: after weeks of silence that is one long
    period, never a burst of short ones. The first run covers one week.
    """
    end = schedule.last_boundary(now)
    start = schedule.boundary_before(end) if last_end is None else last_end
    return Period(start, end) if start < end else None


def retry_at(attempts: int, now: datetime) -> datetime:
    """Back-off after a transient refusal: 1, 2, 4 … minutes, at most four hours."""
    wait: timedelta = FIRST_RETRY * 2 ** min(attempts - 1, 12)
    return now + min(wait, LONGEST_RETRY)


def is_hopeless(first_due_at: datetime, now: datetime) -> bool:
    return now - first_due_at > GIVE_UP_AFTER
