"""When to ask again, decided without clock, dice or network."""

from datetime import UTC, datetime, timedelta

import pytest

from monitoring import scheduling
from monitoring.fetching import Outcome
from monitoring.scheduling import DAY, HOUR, Habits, after_failure, after_success

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
KNOWN = Habits(has_validators=True)


def seconds(check: scheduling.NextCheck) -> float:
    return (check.at - NOON).total_seconds()


def test_a_source_that_can_say_nothing_new_is_asked_hourly_at_most() -> None:
    assert seconds(after_success(KNOWN, {}, NOON, 0)) == HOUR


def test_one_that_cannot_is_asked_once_a_day() -> None:
    check = after_success(Habits(), {}, NOON, 0)
    assert seconds(check) == DAY
    assert "once a day" in check.reason


def test_the_interval_follows_the_rate_of_news_between_floor_and_ceiling() -> None:
    for gap, expected in ((60, HOUR), (6 * HOUR, 3 * HOUR), (30 * DAY, DAY)):
        assert seconds(after_success(Habits(has_validators=True, own_gap=gap), {}, NOON, 0)) == expected


def test_max_age_is_a_floor_and_a_hold() -> None:
    check = after_success(KNOWN, {"cache-control": "public, max-age=7200"}, NOON, 0)
    assert seconds(check) == 7200
    assert check.hold_until == NOON + timedelta(hours=2)
    assert "fresh" in check.reason


def test_age_already_spent_in_a_cache_is_taken_off() -> None:
    assert scheduling.freshness({"cache-control": "max-age=600", "age": "200"}, NOON) == 400


def test_expires_counts_when_there_is_no_max_age() -> None:
    headers = {"expires": "Wed, 25 Nov 2026 15:00:00 GMT", "date": "Wed, 25 Nov 2026 12:00:00 GMT"}
    assert seconds(after_success(KNOWN, headers, NOON, 0)) == 3 * HOUR


@pytest.mark.parametrize(
    "headers",
    [
        {"cache-control": "no-cache, max-age=99999"},
        {"expires": "0"},
        {"expires": "Mon, 99 Foo 20xx"},
        {"cache-control": "max-age=abc"},
        {"cache-control": "max-age=-5"},
    ],
)
def test_nonsense_about_freshness_is_no_freshness(headers: dict[str, str]) -> None:
    assert scheduling.freshness(headers, NOON) == 0


def test_a_freshness_of_a_year_is_capped_at_a_week() -> None:
    check = after_success(KNOWN, {"cache-control": "max-age=31536000"}, NOON, 0)
    assert seconds(check) == 7 * DAY


@pytest.mark.parametrize("value", ["7200", "Wed, 25 Nov 2026 14:00:00 GMT"])
@pytest.mark.parametrize("kind", [Outcome.TOO_MANY, Outcome.UNAVAILABLE])
def test_retry_after_is_kept_as_seconds_and_as_a_date(kind: Outcome, value: str) -> None:
    check = after_failure(kind, 1, {"retry-after": value}, NOON, 0.5)
    assert check.hold_until == NOON + timedelta(hours=2)
    assert check.at > check.hold_until


def test_retry_after_is_capped_and_nonsense_is_ignored() -> None:
    assert seconds(after_failure(Outcome.TOO_MANY, 1, {"retry-after": "999999999"}, NOON, 0)) == 7 * DAY
    assert seconds(after_failure(Outcome.TOO_MANY, 1, {"retry-after": "soon"}, NOON, 0)) == 4 * HOUR


def test_failures_back_off_and_never_stop() -> None:
    waits = [seconds(after_failure(Outcome.SERVER_ERROR, n, {}, NOON, 0)) for n in (1, 2, 3, 10, 1000)]
    assert waits == [HOUR, 2 * HOUR, 4 * HOUR, DAY, DAY]


def test_the_back_off_depends_on_the_kind_of_failure() -> None:
    kinds = (Outcome.TOO_SLOW, "unreadable", Outcome.NOT_FOUND, Outcome.REFUSED)
    assert [seconds(after_failure(kind, 1, {}, NOON, 0)) for kind in kinds] == [HOUR, 2 * HOUR, 6 * HOUR, DAY]


def test_jitter_only_ever_adds_and_differs_between_sources() -> None:
    dice = [scheduling.spread(f"source {n}", NOON) for n in range(100)]
    waits = {seconds(after_success(KNOWN, {}, NOON, one)) for one in dice}
    assert len(waits) > 90
    assert HOUR <= min(waits) < max(waits) <= HOUR * 1.1


def test_what_the_feed_itself_asks_is_a_floor() -> None:
    check = after_success(Habits(has_validators=True, floor=5 * HOUR), {}, NOON, 0)
    assert seconds(check) == 5 * HOUR
    assert "feed itself" in check.reason


def test_skipped_hours_and_days_are_left_out() -> None:
    hours = Habits(has_validators=True, skip_hours=(13, 14, 15))
    assert after_success(hours, {}, NOON, 0).at.hour == 16
    days = Habits(has_validators=True, skip_days=(2, 3))  # Wednesday and Thursday
    assert after_success(days, {}, NOON, 0).at.date().isoformat() == "2026-11-27"


def test_a_feed_that_skips_every_hour_is_still_read() -> None:
    assert seconds(after_success(Habits(has_validators=True, skip_hours=range(24)), {}, NOON, 0)) == HOUR


def test_staff_may_set_the_interval_but_not_below_the_servers_word() -> None:
    often = Habits(staff_interval=300)
    assert seconds(after_success(often, {}, NOON, 0)) == 300
    assert seconds(after_success(often, {"cache-control": "max-age=900"}, NOON, 0)) == 900


def test_the_usual_gap_is_the_median_and_needs_four_dates() -> None:
    dates = [NOON - timedelta(hours=h) for h in (0, 2, 4, 5, 90)]
    assert scheduling.usual_gap(dates) == 2 * HOUR
    assert scheduling.usual_gap(dates[:3]) == 0
