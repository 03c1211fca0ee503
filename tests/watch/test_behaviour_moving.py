"""Good behaviour, rows 9 and 10: redirects."""

import pytest

from monitoring.models import Source
from tests.watch.loopback import Answer, Loopback, item, rss
from tests.watch.world import DAY, NOW, poll, read_again, watch

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.mark.parametrize("status", [301, 308])
def test_09_a_permanent_move_is_kept_after_three_sightings_over_two_days(server: Loopback, status: int) -> None:
    source = watch(server.set("/old", Answer(status=status, headers={"location": "/new"})))
    server.set("/new", rss(item(1)))
    for day in (0, 2):
        poll(NOW + day * DAY)
        assert read_again(source).address == server.base + "/old"
    assert "seen 2 times" in read_again(source).last_note
    poll(NOW + 4 * DAY)
    assert read_again(source).address == server.base + "/new"
    assert "Moved for good" in read_again(source).last_note
    poll(NOW + 6 * DAY)
    assert len(server.asked("/old")) == 3


def test_09_a_temporary_redirect_is_followed_and_not_kept(server: Loopback) -> None:
    source = watch(server.set("/old", Answer(status=302, headers={"location": "/new"})))
    server.set("/new", rss(item(1)))
    for day in range(0, 10, 2):
        poll(NOW + day * DAY)
    assert read_again(source).address == server.base + "/old"


def test_09_a_captive_portal_changes_nothing(server: Loopback) -> None:
    source = watch(server.set("/feed", Answer(status=301, headers={"location": "/login"})))
    server.set("/login", b"<html><title>Please log in</title></html>")
    for day in range(0, 12, 2):
        poll(NOW + day * DAY)
    after = read_again(source)
    assert (after.address, after.moved_seen) == (server.base + "/feed", 0)
    assert "HTML page" in after.last_error


def test_09_a_source_never_moves_onto_another(server: Loopback) -> None:
    source = watch(server.set("/old", Answer(status=301, headers={"location": "/new"})))
    watch(server.set("/new", rss(item(1))))
    for day in range(0, 8, 2):
        poll(NOW + day * DAY)
    assert read_again(source).address == server.base + "/old"
    assert Source.objects.failing().count() == 0


def test_10_a_loop_is_one_error(server: Loopback) -> None:
    source = watch(server.set("/a", Answer(status=301, headers={"location": "/b"})))
    server.set("/b", Answer(status=301, headers={"location": "/a"}))
    assert poll().failed == 1
    assert (len(server.requests), read_again(source).failures) == (2, 1)
    assert "round in a circle" in read_again(source).last_error


def test_10_six_requests_are_the_most(server: Loopback) -> None:
    for hop in range(20):
        server.set(f"/{hop}", Answer(status=302, headers={"location": f"/{hop + 1}"}))
    watch(server.base + "/0")
    poll()
    assert len(server.requests) == 6
