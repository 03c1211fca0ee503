"""The public page about what is watched."""

import pytest
from django.test import Client

from tests.watch.loopback import Answer, Loopback, item, rss
from tests.watch.world import NOW, poll, watch

pytestmark = pytest.mark.django_db


def shown(client: Client) -> str:
    answer = client.get("/monitoring/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_says_when_each_source_was_read_and_when_and_why_it_is_next(client: Client, server: Loopback) -> None:
    watch(server.set("/good", rss(item(1), item(2)), etag='"1"'), title="Good paper", publisher="The Good")
    watch(server.set("/bad", Answer(status=500)), title="Bad paper")
    watch(server.set("/gone", Answer(status=410)), title="Old paper")
    poll()
    page = shown(client)
    for words in ("Good paper", "The Good", "Reads well.", "no rate of its own is known yet", "2 seen"):
        assert words in page
    assert "Not readable since 25 Nov 2026, 12:00 UTC." in page
    assert "The server failed. [500]" in page
    assert "Gone for good." in page
    assert "1 cannot be read at the moment" in page


def test_private_sources_and_addresses_are_not_shown(client: Client, server: Loopback) -> None:
    watch("https://secret.example/feed?token=abc", title="Secret", is_private=True)
    watch("https://open.example/feed?key=xyz", title="Open")
    page = shown(client)
    assert "Secret" not in page
    assert "key=xyz" not in page
    assert "Open" in page


def test_it_costs_three_queries_whatever_their_number(client: Client, django_assert_num_queries) -> None:
    for number in range(30):
        watch(f"https://host{number}.example/feed")
    with django_assert_num_queries(3):
        shown(client)


def test_hostile_titles_and_errors_stay_text(client: Client, server: Loopback) -> None:
    watch(server.set("/x", b"<html><title><b onclick=x></title>"), title="<script>alert(1)</script>")
    poll(NOW)
    page = shown(client)
    assert "<script>" not in page
    assert "<b onclick" not in page
