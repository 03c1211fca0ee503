"""Good behaviour, rows 4 to 8, 11, 13 to 15 and 21: when to ask again, kept over restarts and by several workers."""

from datetime import timedelta

import pytest

from monitoring.models import HostState, Source
from tests.watch.loopback import Answer, Loopback, item, rss
from tests.watch.world import DAY, HOUR, NOW, poll, poll_by_hand, read_again, watch

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
MINUTE = timedelta(minutes=1)


def requests_until(server: Loopback, end, step: timedelta = 10 * MINUTE) -> int:
    """Ring every few minutes until then; each ring is a new worker that knows nothing but the tables."""
    moment = NOW
    while moment < end:
        poll(moment)
        moment += step
    return len(server.requests)


def test_04_hourly_at_most_with_validators(server: Loopback) -> None:
    watch(server.set("/feed", rss(item(1)), etag='"1"'))
    assert requests_until(server, NOW + 6 * HOUR) <= 6


def test_04_daily_without(server: Loopback) -> None:
    watch(server.set("/feed", rss(item(1))))
    assert requests_until(server, NOW + 2 * DAY, HOUR) == 2


def test_04_a_restart_asks_nobody_early(server: Loopback) -> None:
    watch(server.set("/feed", rss(item(1)), etag='"1"'))
    poll()
    for minute in range(1, 59):
        assert poll(NOW + minute * MINUTE).asked == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"cache-control": "public, max-age=10800"},
        {"expires": "Wed, 25 Nov 2026 15:00:00 GMT", "date": "Wed, 25 Nov 2026 12:00:00 GMT"},
    ],
)
def test_05_no_request_while_the_answer_is_fresh(server: Loopback, headers: dict[str, str]) -> None:
    source = watch(server.set("/feed", Answer(rss(item(1)), headers={"etag": '"1"', **headers})))
    assert requests_until(server, NOW + 3 * HOUR) == 1
    assert poll_by_hand(source, now=NOW + 2 * HOUR).asked == 0
    assert "stays fresh" in read_again(source).next_check_reason


def test_05_a_304_renews_the_freshness(server: Loopback) -> None:
    source = watch(server.set("/feed", rss(item(1)), etag='"1"', cache_control="max-age=7200"))
    poll()
    poll(NOW + 3 * HOUR)
    assert read_again(source).hold_until_at >= NOW + 5 * HOUR
    assert poll_by_hand(source, now=NOW + 4 * HOUR).asked == 0


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("value", ["7200", "Wed, 25 Nov 2026 14:00:00 GMT"])
def test_06_no_request_during_retry_after(server: Loopback, status: int, value: str) -> None:
    source = watch(server.set("/feed", Answer(status=status, headers={"retry-after": value})))
    assert requests_until(server, NOW + 2 * HOUR) == 1
    assert poll_by_hand(source, now=NOW + HOUR).asked == 0
    assert "Retry-After" in read_again(source).next_check_reason


def test_06_an_endless_retry_after_is_capped(server: Loopback) -> None:
    source = watch(server.set("/feed", Answer(status=429, headers={"retry-after": "99999999"})))
    poll()
    assert NOW + 7 * DAY <= read_again(source).next_check_at <= NOW + 8 * DAY


def test_07_retry_after_holds_for_the_whole_host(server: Loopback) -> None:
    watch(server.set("/busy", Answer(status=429, headers={"retry-after": "7200"})))
    others = [watch(server.set(f"/{n}", rss(item(n)))) for n in range(3)]
    poll()
    assert len(server.requests) == 1
    assert poll(NOW + HOUR).asked == 0
    assert poll_by_hand(*others, now=NOW + HOUR).asked == 0
    assert "Retry-After" in read_again(others[0]).waits_because
    server.set("/busy", rss(item(9)))
    assert poll(NOW + 3 * HOUR).asked == 4


def test_07_behind_a_gateway_of_our_own_it_holds_for_the_one_address(server: Loopback) -> None:
    watch(server.set("/busy", Answer(status=429, headers={"retry-after": "7200"})))
    watch(server.set("/other", rss(item(1))))
    HostState.objects.update(is_gateway=True)
    assert poll().asked == 2
    assert poll_by_hand(now=NOW + HOUR).asked == 1


def test_07_publishers_of_one_operator_are_one_host() -> None:
    for name in ("one", "two"):
        watch(f"https://{name}.substack.com/feed")
        watch(f"https://{name}.example/feed")
    assert sorted(HostState.objects.values_list("name", flat=True)) == ["one.example", "substack.com", "two.example"]


def test_08_gone_is_gone_and_staff_are_told(server: Loopback) -> None:
    source = watch(server.set("/feed", Answer(status=410)))
    assert requests_until(server, NOW + 30 * DAY, DAY) == 1
    assert poll_by_hand(source, now=NOW + 30 * DAY).asked == 0
    assert list(Source.objects.need_a_person(NOW + 30 * DAY)) == [source]
    assert read_again(source).health[0] == "Gone for good."
    source = read_again(source)
    source.resume(NOW + 31 * DAY)
    assert poll(NOW + 31 * DAY).asked == 1


@pytest.mark.parametrize(
    "script", [Answer(status=404), Answer(status=500), Answer(status=403), b"<rss", Answer(raw=b"")]
)
def test_11_failures_back_off_and_never_end(server: Loopback, script) -> None:
    source = watch(server.set("/feed", script))
    gaps = []
    moment = NOW
    for _turn in range(12):
        assert poll(moment).failed == 1
        after = read_again(source)
        gaps.append((after.next_check_at - moment).total_seconds())
        moment = after.next_check_at + MINUTE
    assert gaps[0] < gaps[1] < gaps[2]
    assert max(gaps) <= 3.3 * 86_400
    assert read_again(source).life == "active"
    assert "goes on trying by itself" in read_again(source).next_check_reason
    server.set("/feed", rss(item(1)))
    poll(moment)
    assert read_again(source).failures == 0
    assert read_again(source).failing_since_at is None


def test_13_due_times_are_spread(server: Loopback) -> None:
    for number in range(60):
        watch(server.set(f"/{number}", rss(item(number)), etag=f'"{number}"'))
    poll()
    times = {source.next_check_at.replace(microsecond=0) for source in Source.objects.all()}
    assert len(times) > 45
    assert max(times) - min(times) > 4 * MINUTE


def test_14_a_source_is_asked_at_the_rate_of_its_own_news(server: Loopback) -> None:
    def dated(hours: int) -> bytes:
        moments = [NOW - n * hours * HOUR for n in range(6)]
        return rss(*(item(n, date=m.strftime("%a, %d %b %Y %H:%M:%S GMT")) for n, m in enumerate(moments)))

    for hours, expected in ((1, HOUR), (8, 4 * HOUR), (100, DAY)):
        source = watch(server.set(f"/{hours}", dated(hours), etag='"1"'))
        poll()
        gap = read_again(source).next_check_at - NOW
        assert expected <= gap <= expected * 1.11 + MINUTE


def test_14_staff_may_set_the_interval(server: Loopback) -> None:
    source = watch(server.set("/feed", rss(item(1))), check_every=5)
    poll()
    assert read_again(source).next_check_at <= NOW + 6 * MINUTE
    assert "set by staff" in read_again(source).next_check_reason


@pytest.mark.parametrize(
    ("head", "least"),
    [
        ("<ttl>300</ttl>", 5 * HOUR),
        (
            '<u:updatePeriod xmlns:u="http://purl.org/rss/1.0/modules/syndication/">daily</u:updatePeriod>'
            '<u:updateFrequency xmlns:u="http://purl.org/rss/1.0/modules/syndication/">4</u:updateFrequency>',
            6 * HOUR,
        ),
        ("<skipHours><hour>13</hour><hour>14</hour></skipHours>", 2.9 * HOUR),
        ("<skipDays><day>Wednesday</day></skipDays>", 12 * HOUR),
    ],
)
def test_15_what_the_feed_asks_for_is_kept(server: Loopback, head: str, least: timedelta) -> None:
    source = watch(server.set("/feed", rss(item(1), head=head), etag='"1"'))
    poll()
    assert read_again(source).next_check_at >= NOW + least
    poll(read_again(source).next_check_at)  # a 304 keeps what the document said
    assert read_again(source).next_check_at >= NOW + least


@pytest.mark.parametrize(
    "script",
    [
        b"",
        b"<html>",
        Answer(status=404),
        Answer(status=500),
        Answer(raw=b"nonsense"),
        Answer(b"x" * 5_000_001),
        Answer(b"x", headers={"content-encoding": "gzip"}),
        Answer(b"x", headers={"content-encoding": "zstd"}),
        Answer(b"", wait=3),
        Answer(status=301, headers={"location": "/feed"}),
        Answer(status=302, headers={"location": "http://10.0.0.1/"}),
        Answer(status=302),
        Answer(status=200),
        Answer(status=304),
    ],
)
def test_21_every_way_out_stores_the_next_check_and_why(server: Loopback, script) -> None:
    source = watch(server.set("/feed", script))
    poll(deadline=2)
    after = read_again(source)
    assert after.next_check_at >= NOW + HOUR
    assert after.next_check_reason != "It is new."
    assert after.last_checked_at is not None
    assert (after.claim, after.host.lease_by) == ("", "")
    assert poll(NOW + MINUTE).asked == 0
