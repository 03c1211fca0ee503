"""The public page about what is watched."""

import pytest
from django.test import Client

from monitoring.models import Source, Story, Suggestion
from tests.record import builders
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


@pytest.mark.both_databases
def test_its_numbers_are_those_of_the_tables(client: Client, server: Loopback) -> None:
    commitment = builders.commitment()
    busy = watch(server.set("/busy", rss(*(item(n) for n in range(5)))), title="Busy")
    watch(server.set("/idle", rss(item(9))), title="Idle")
    poll()
    for number, row in enumerate(busy.items.order_by("pk")[:3]):
        story = Story.objects.create(title=row.title, first_at=NOW, last_at=NOW, made_at=NOW)
        Suggestion.objects.create(
            story=story, item=row, commitment=commitment, score=0.9, band="likely", found_at=NOW, reason={},
            state="open" if number else "accepted", decided_at=None if number else NOW,
        )  # fmt: skip
    counted = {s.title: (s.item_count, s.suggested_count, s.accepted_count) for s in Source.objects.with_counts()}
    assert counted == {"Busy": (5, 3, 1), "Idle": (1, 0, 0)}
    page = " ".join(shown(client).split())
    assert '5 seen<span class="sub">3 suggested, 1 accepted</span>' in page
    assert '1 seen<span class="sub">0 suggested, 0 accepted</span>' in page
