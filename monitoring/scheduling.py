"""When to ask again, and why then. Pure: the clock, the dice and the source's history are given.

A source is left alone for the longest of: what its server says (Retry-After, Cache-Control, Expires), what the
document says (ttl, sy:updatePeriod, skipHours), what is polite, and what its own rate of news calls for.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from statistics import median

from monitoring.fetching import Outcome

HOUR = 3_600
DAY = 24 * HOUR
FLOOR = HOUR
FLOOR_WITHOUT_VALIDATORS = DAY
CEILING = DAY
LONGEST_HOLD = 7 * DAY
JITTER = 0.1
LEAST_STAFF_INTERVAL = 60

_BACK_OFF: dict[str, tuple[int, int]] = {
    # class: seconds after the first failure (doubled each time), and the most it grows to
    Outcome.NOT_FOUND: (6 * HOUR, 3 * DAY),
    Outcome.FORBIDDEN: (6 * HOUR, 3 * DAY),
    Outcome.CLIENT_ERROR: (6 * HOUR, 3 * DAY),
    Outcome.TOO_MANY: (4 * HOUR, 2 * DAY),
    Outcome.REFUSED: (DAY, 3 * DAY),
    Outcome.TOO_BIG: (DAY, 3 * DAY),
    Outcome.NO_TRUST: (3 * HOUR, 2 * DAY),
    "unreadable": (2 * HOUR, 2 * DAY),
}
_BACK_OFF_ELSE = (HOUR, DAY)
_MAX_AGE = re.compile(r"(?:^|[\s,])(s-maxage|max-age)\s*=\s*\"?(\d{1,12})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Habits:
    """What is known of a source. Seconds throughout; 0 means unknown or not set."""

    has_validators: bool = False
    staff_interval: int = 0
    is_pushed: bool = False
    own_gap: int = 0
    floor: int = 0
    skip_hours: Sequence[int] = ()
    skip_days: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class NextCheck:
    """`hold_until` is what the server asked for: nobody asks before it, not even staff by hand."""

    at: datetime
    reason: str
    hold_until: datetime | None = None


def spread(name: str, now: datetime) -> float:
    """A number in [0, 1) that differs between sources and between turns: the dice, without a random generator."""
    digest = blake2b(f"{name}|{now.timestamp():.0f}".encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") / 2**56


def after_success(habits: Habits, headers: Mapping[str, str], now: datetime, dice: float) -> NextCheck:
    """After a 304, unchanged bytes or a good parse."""
    seconds, reason = _own_interval(habits)
    if habits.floor > seconds:
        seconds, reason = habits.floor, "the feed itself asks to be read no more often"
    fresh = min(freshness(headers, now), LONGEST_HOLD)
    if fresh > seconds:
        seconds, reason = fresh, "its server says the answer stays fresh until then"
    at = _skip(now + timedelta(seconds=seconds * (1 + JITTER * dice)), habits)
    hold = now + timedelta(seconds=fresh) if fresh else None
    return NextCheck(at, f"Every {said(seconds).removeprefix('1 ')}: {reason}.", hold)


def after_failure(
    kind: str, failures: int, headers: Mapping[str, str], now: datetime, dice: float, *, is_near: bool = False
) -> NextCheck:
    """`kind` is an Outcome or "unreadable"; `failures` counts this one, in a row.

    A program on our own machine (`is_near`) that does not answer may just be starting.
    """
    wait = min(retry_after(headers, now), LONGEST_HOLD)
    if wait and kind in {Outcome.TOO_MANY, Outcome.UNAVAILABLE}:
        at = now + timedelta(seconds=wait * (1 + JITTER * dice))
        return NextCheck(
            at, f"The server asks not to be asked for {said(wait)} (Retry-After).", now + timedelta(seconds=wait)
        )
    base, most = _BACK_OFF.get(kind, _BACK_OFF_ELSE)
    if is_near and kind == Outcome.NO_CONNECTION:
        base, most = 20, HOUR
    seconds = min(base * 2 ** min(max(failures, 1) - 1, 12), most)
    at = now + timedelta(seconds=seconds * (1 + JITTER * dice))
    times = "the first failure" if failures <= 1 else f"{failures} failures in a row"
    return NextCheck(at, f"In {said(seconds)}, after {times}; it goes on trying by itself.")


def _own_interval(habits: Habits) -> tuple[int, str]:
    if habits.staff_interval:
        return max(habits.staff_interval, LEAST_STAFF_INTERVAL), "set by staff"
    if habits.is_pushed:
        return CEILING, "its hub says when there is something new; this is only to be sure"
    if not habits.has_validators:
        return FLOOR_WITHOUT_VALIDATORS, "its server cannot say “nothing new”, so it is asked once a day"
    if not habits.own_gap:
        return FLOOR, "no rate of its own is known yet"
    seconds = min(max(habits.own_gap // 2, FLOOR), CEILING)
    return seconds, f"it has something new about every {said(habits.own_gap).removeprefix('1 ')}"


def usual_gap(dates: Sequence[datetime]) -> int:
    """Seconds that usually lie between two items; 0 when fewer than four dates are known."""
    ordered = sorted(dates)
    gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(ordered)]
    return max(int(median(gaps)), 1) if len(gaps) >= 3 else 0


def freshness(headers: Mapping[str, str], now: datetime) -> int:
    """Seconds the answer stays fresh by Cache-Control, else Expires; 0 when it says nothing or no-cache."""
    control = headers.get("cache-control", "")
    if re.search(r"no-(?:cache|store)", control, re.IGNORECASE):
        return 0
    ages = {name.lower(): int(value) for name, value in _MAX_AGE.findall(control)}
    if ages:
        age = headers.get("age", "").strip()
        spent = int(age) if age.isdecimal() and len(age) < 10 else 0
        return max(ages.get("max-age", ages.get("s-maxage", 0)) - spent, 0)
    expires = _http_date(headers.get("expires", ""))
    if expires is None:
        return 0
    return max(int((expires - (_http_date(headers.get("date", "")) or now)).total_seconds()), 0)


def retry_after(headers: Mapping[str, str], now: datetime) -> int:
    """Seconds to wait by Retry-After, a number or a date; 0 when absent, past or nonsense."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal() and value.isascii():
        return int(value[:12])
    until = _http_date(value)
    return max(int((until - now).total_seconds()), 0) if until else 0


def said(seconds: float) -> str:
    """A length of time as people say it."""
    for size, name in ((DAY, "day"), (HOUR, "hour"), (60, "minute")):
        if seconds >= size:
            number = round(seconds / size, 1)
            return f"{number:g} {name}{'' if number == 1 else 's'}"
    return f"{seconds:.0f} seconds"


def _skip(at: datetime, habits: Habits) -> datetime:
    """Out of the hours and days (GMT) in which the feed asks not to be read; all of them barred means none."""
    if len(set(habits.skip_hours)) >= 24 or len(set(habits.skip_days)) >= 7:
        return at
    for _step in range(24 * 8):
        moment = at.astimezone(UTC)
        if moment.hour not in habits.skip_hours and moment.weekday() not in habits.skip_days:
            return at
        at = (moment + timedelta(hours=1)).replace(minute=moment.minute)
    return at


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
