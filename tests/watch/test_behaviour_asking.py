"""Good behaviour, rows 1 to 3 and 16 to 20: what a request says, and when none is needed."""

import gzip

import brotli
import pytest

from monitoring.models import Item
from tests.watch.loopback import Answer, Loopback, Request, item, rss
from tests.watch.world import AGENT, DAY, NOW, poll, poll_by_hand, read_again, titles, watch

pytestmark = pytest.mark.django_db
MODIFIED = "Tue, 24 Nov 2026 25:99:00 Whenever"  # no date, and still to be sent back as it came


def test_01_both_validators_go_back_word_for_word(server: Loopback) -> None:
    watch(server.set("/feed", rss(item(1)), etag='W/"a:b\\c"', last_modified=MODIFIED))
    poll()
    poll(NOW + DAY)
    _first, second = server.requests
    assert second.headers["if-none-match"] == 'W/"a:b\\c"'
    assert second.headers["if-modified-since"] == MODIFIED


def test_01_new_validators_of_a_304_are_kept(server: Loopback) -> None:
    def script(request: Request) -> Answer:
        if "if-none-match" in request.headers:
            return Answer(status=304, headers={"etag": '"new"'})
        return Answer(rss(item(1)), headers={"etag": '"old"', "last-modified": "then"})

    source = watch(server.set("/feed", script))
    poll()
    poll(NOW + DAY)
    assert (read_again(source).etag, read_again(source).last_modified) == ('"new"', "then")


def test_02_nothing_is_invented_for_a_server_that_gave_nothing(server: Loopback) -> None:
    watch(server.set("/feed", rss(item(1))))
    poll()
    poll(NOW + 2 * DAY)
    for request in server.requests:
        assert not {"if-none-match", "if-modified-since"} & set(request.headers)


def test_03_one_unconditional_request_ever(server: Loopback) -> None:
    source = watch(server.set("/feed", rss(item(1)), etag='"1"'))
    for day in range(5):
        poll(NOW + day * DAY)
        poll_by_hand(source, now=NOW + day * DAY + DAY / 2)
    conditional = ["if-none-match" in request.headers for request in server.requests]
    assert conditional == [False] + [True] * 9


def test_03_validators_are_stored_only_after_a_good_parse(server: Loopback) -> None:
    source = watch(server.set("/feed", b"<rss><broken", etag='"1"'))
    poll()
    assert (read_again(source).etag, read_again(source).body_hash) == ("", "")
    server.set("/feed", rss(item(1)), etag='"1"')
    poll(NOW + DAY)
    assert titles() == ["Story 1"]
    assert "if-none-match" not in server.requests[1].headers
    assert read_again(source).etag == '"1"'


def test_03_staff_can_switch_the_question_off_where_a_server_lies(server: Loopback) -> None:
    watch(server.set("/feed", rss(item(1)), etag='"constant"'), use_validators=False)
    poll()
    server.set("/feed", rss(item(1), item(2)), etag='"constant"')
    assert poll(NOW + 2 * DAY).new == 1
    assert all("if-none-match" not in request.headers for request in server.requests)


def test_16_every_request_says_who_asks_and_never_pretends(server: Loopback) -> None:
    server.set("/feed", Answer(status=403))
    watch(server.base + "/feed")
    poll()
    assert [request.headers["user-agent"] for request in server.requests] == [AGENT]


def test_17_no_cookie_no_referer_no_cache_busting(server: Loopback) -> None:
    watch(server.set("/feed?a=1", rss(item(1)), set_cookie="id=1; Path=/"))
    poll()
    poll(NOW + 2 * DAY)
    assert [request.path for request in server.requests] == ["/feed?a=1", "/feed?a=1"]
    for request in server.requests:
        assert not {"cookie", "referer", "cache-control", "pragma"} & set(request.headers)


def test_18_packed_feeds_are_asked_for_and_read(server: Loopback) -> None:
    watch(server.set("/gzip", gzip.compress(rss(item(1))), content_encoding="gzip"))
    watch(server.set("/br", brotli.compress(rss(item(2))), content_encoding="br"))
    assert poll().new == 2
    assert {request.headers["accept-encoding"] for request in server.requests} == {"gzip, br"}


def test_18_a_body_that_unpacks_too_far_is_one_error_and_no_more(server: Loopback) -> None:
    bomb = watch(server.set("/bomb", gzip.compress(bytes(30_000_000)), content_encoding="gzip"))
    watch(server.set("/good", rss(item(1))))
    assert poll().failed == 1
    assert read_again(bomb).last_outcome == "too_big"
    assert titles() == ["Story 1"]


def test_19_the_same_bytes_are_not_read_again(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    source = watch(server.set("/feed", rss(item(1), head="<lastBuildDate>now</lastBuildDate><!-- 0.1 s -->")))
    poll()
    server.set("/feed", rss(item(1), head="<lastBuildDate>later</lastBuildDate><!-- 0.2 s -->"))
    monkeypatch.setattr("monitoring.parsing.parse", lambda job: pytest.fail("was read again"))
    report = poll(NOW + 2 * DAY)
    assert (report.asked, report.failed) == (1, 0)
    assert read_again(source).last_outcome == "unchanged"


def test_19_a_new_date_inside_an_entry_is_a_change(server: Loopback) -> None:
    watch(server.set("/feed", rss(item(1, date="Mon, 23 Nov 2026 10:00:00 GMT"))))
    poll()
    server.set("/feed", rss(item(2, date="Tue, 24 Nov 2026 10:00:00 GMT")))
    assert poll(NOW + 2 * DAY).new == 1
    assert Item.objects.count() == 2
