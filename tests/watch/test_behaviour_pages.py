"""Good behaviour, row 22, and pages without a feed: robots.txt, readable differences."""

import pytest

from monitoring.models import Item
from tests.watch.loopback import Answer, Loopback, item, rss
from tests.watch.world import AGENT, DAY, NOW, poll, read_again, watch

pytestmark = pytest.mark.django_db


def html(*lines: str) -> bytes:
    body = "".join(f"<p>{line}</p>" for line in lines)
    head = "<html><head><title>Pledges</title></head><body>"
    return f"{head}<nav>Menu {len(lines)}</nav><main>{body}</main></body></html>".encode()


def test_22_a_page_is_read_only_where_robots_txt_allows(server: Loopback) -> None:
    server.set("/robots.txt", b"User-agent: *\nDisallow: /private/\n")
    closed = watch(server.set("/private/page", html("x")), kind="page")
    opened = watch(server.set("/page", html("x")), kind="page")
    assert poll().failed == 1
    assert "robots.txt asks" in read_again(closed).last_error
    assert read_again(opened).last_error == ""
    assert not server.asked("/private/page")


def test_22_our_name_counts_in_robots_txt(server: Loopback) -> None:
    server.set("/robots.txt", b"User-agent: CommitmentTracker\nDisallow: /\n\nUser-agent: *\nAllow: /\n")
    watch(server.set("/page", html("x")), kind="page")
    assert poll().failed == 1
    assert server.asked("/robots.txt")[0].headers["user-agent"] == AGENT


@pytest.mark.parametrize(("status", "asked"), [(404, 1), (403, 1), (500, 0), (503, 0)])
def test_22_4xx_allows_and_5xx_waits(server: Loopback, status: int, asked: int) -> None:
    server.set("/robots.txt", Answer(status=status))
    source = watch(server.set("/page", html("x")), kind="page")
    poll()
    assert len(server.asked("/page")) == asked
    assert read_again(source).next_check_at > NOW


def test_22_robots_txt_is_asked_once_a_day_for_all_pages_of_a_host(server: Loopback) -> None:
    server.set("/robots.txt", b"")
    for number in range(3):
        watch(server.set(f"/{number}", html("x"), etag='"1"'), kind="page", check_every=60)
    for hours in range(0, 20, 2):
        poll(NOW + hours * DAY / 24)
    assert len(server.asked("/robots.txt")) == 1
    poll(NOW + 1.1 * DAY)
    assert len(server.asked("/robots.txt")) == 2


def test_22_feeds_are_read_without_asking_robots_txt(server: Loopback) -> None:
    server.set("/robots.txt", b"User-agent: *\nDisallow: /\n")
    watch(server.set("/feed", rss(item(1))))
    assert poll().new == 1
    assert not server.asked("/robots.txt")


def test_the_first_reading_is_no_news_and_a_change_is_one_item(server: Loopback) -> None:
    source = watch(server.set("/page", html("8,000 processors by 2026", "A hub in London")), kind="page")
    assert poll().new == 0
    server.set("/page", html("A hub in London", "8,000 processors by 2028"))
    assert poll(NOW + 2 * DAY).new == 1
    change = Item.objects.get()
    assert change.title == "Page changed: Pledges"
    assert "8,000 processors by 2028" in change.text
    assert "No longer says: 8,000 processors by 2026" in change.text
    assert "A hub in London" not in change.text
    assert change.link == source.address


def test_changes_outside_the_selected_part_are_no_news(server: Loopback) -> None:
    watch(server.set("/page", b"<body><div id=a>One</div><div id=b>Ad 1</div></body>"), kind="page", selector="#a")
    poll()
    server.set("/page", b"<body><div id=a>One</div><div id=b>Ad 2</div></body>")
    assert poll(NOW + 2 * DAY).new == 0
    server.set("/page", b"<body><div id=a>Two &lt;script&gt;</div></body>")
    assert poll(NOW + 4 * DAY).new == 1
    assert "&lt;script&gt;" in Item.objects.get().summary


def test_a_selector_that_finds_nothing_is_an_error_that_says_so(server: Loopback) -> None:
    source = watch(server.set("/page", html("x")), kind="page", selector="#gone")
    poll()
    assert "has it been rebuilt?" in read_again(source).last_error
