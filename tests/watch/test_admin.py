"""What staff see and do in the admin."""

import pytest
from django.test import Client
from django.urls import reverse

from monitoring import finding, searching
from monitoring.models import HostState, Item, Source
from tests.record import builders
from tests.watch.loopback import Answer, Loopback, item, rss
from tests.watch.world import HOUR, NOW, manners, poll, read_again, watch

pytestmark = pytest.mark.django_db
LIST = "/admin/monitoring/source/"


@pytest.fixture
def staff(admin_client: Client) -> Client:
    return admin_client


def page_of(staff: Client, source: Source) -> str:
    return staff.get(reverse("admin:monitoring_source_change", args=[source.pk])).content.decode()


BAD = {
    "a malformed feed": (b"<rss><channel><item><title>x", "breaks off before its first entry"),
    "an HTML page": (b"<!doctype html><title>Home</title><p>Hi", "HTML page (“Home”), not a feed"),
    "an empty body": (b"", "The answer is empty"),
    "a 404": (Answer(status=404), "nothing at this address (404)"),
    "a time-out": (Answer(b"x", wait=10), "No complete answer within 2 s"),
    "a year 9999": (rss(item(1, date="Fri, 31 Dec 9999 10:00:00 GMT")), "no date that can be true"),
    "an item without link": (rss("<item><guid>1</guid><title>T</title></item>"), "has no link"),
    "a duplicate item": (rss(item(1), item(1)), "appears twice"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_told_to_staff_and_costs_the_other_sources_nothing(
    staff: Client, server: Loopback, case: str
) -> None:
    script, said = BAD[case]
    bad, good = watch(server.set("/bad", script)), watch(server.set("/good", rss(item(7, title="Good"))))
    poll(deadline=2)
    assert said in page_of(staff, bad).replace("&quot;", '"')
    assert list(Item.objects.filter(source=good).values_list("title", flat=True)) == ["Good"]
    assert read_again(bad).next_check_at > NOW
    kept = Item.objects.filter(source=bad).count()
    assert kept == (1 if isinstance(script, bytes) and b"<item><" in script and b"</rss>" in script else 0)


def test_a_feeds_address_is_added_with_one_request(staff: Client, server: Loopback) -> None:
    address = server.set("/feed", rss(item(1), title="The Paper"), etag='"1"')
    assert staff.get(f"{LIST}add/").status_code == 302
    staff.post(f"{LIST}find/", {"address": address})
    source = Source.objects.get()
    assert (source.title, source.publisher, source.items.count(), source.etag) == ("The Paper", "The Paper", 1, '"1"')
    assert len(server.requests) == 1


def test_a_sites_address_shows_the_feeds_it_names(staff: Client, server: Loopback) -> None:
    head = '<link rel="alternate" type="application/rss+xml" title="News" href="/news.rss">'
    address = server.set("/", f"<html><head><title>Site</title>{head}</head></html>".encode())
    shown = staff.post(f"{LIST}find/", {"address": address}).content.decode()
    assert f'value="{server.base}/news.rss"' in shown
    assert "News" in shown
    staff.post(f"{LIST}find/", {"address": address, "title": "Site", "as": "page"})
    assert Source.objects.get().kind == "page"


def test_what_cannot_be_found_is_explained(staff: Client, server: Loopback) -> None:
    watch(f"{server.base}/known")
    for address, said in (
        (f"{server.base}/known", "watched already"),
        (f"{server.base}/known/?utm_source=x#top", f"watched already, as {server.base}/known"),
        (server.set("/none", Answer(status=404)), "404"),
        ("http://10.0.0.1/", "private"),
    ):
        assert said in staff.post(f"{LIST}find/", {"address": address}).content.decode()


def test_poll_now_tells_which_have_to_wait(staff: Client, server: Loopback) -> None:
    free, held = watch(server.set("/a", rss(item(1)))), watch("https://held.example/feed")
    Source.objects.update(next_check_at=NOW.replace(year=2099))
    HostState.objects.get(name="held.example").rest(NOW.replace(year=2098), "Retry-After")
    chosen = {"action": "poll_now", "_selected_action": [free.pk, held.pk]}
    shown = staff.post(LIST, chosen, follow=True).content.decode()
    assert "1 sources will be read within a minute" in shown
    assert "waits until" in shown
    assert "Wanted at once" in read_again(free).next_check_reason


def test_sources_are_paused_and_resumed(staff: Client, server: Loopback) -> None:
    source = watch(server.set("/a", rss(item(1))))
    staff.post(LIST, {"action": "pause", "_selected_action": [source.pk]})
    assert poll().asked == 0
    staff.post(LIST, {"action": "resume", "_selected_action": [source.pk]})
    assert read_again(source).life == "active"


@pytest.mark.parametrize("health", ["failing", "week", "silent", "gone", ""])
def test_the_list_can_be_narrowed_to_what_needs_a_person(staff: Client, server: Loopback, health: str) -> None:
    failing = watch(server.set("/a", Answer(status=500)))
    poll()
    Source.objects.filter(pk=failing.pk).update(failing_since_at=NOW - 24 * 365 * HOUR)
    shown = staff.get(LIST, {"health": health} if health else {}).content.decode()
    assert ("Not readable since" in shown) == (health in {"failing", "week", ""})


def test_lists_of_sources_go_out_and_in(staff: Client, tmp_path) -> None:
    watch("https://a.example/feed", title="A & B")
    exported = staff.get(f"{LIST}list/")
    assert "A &amp; B" in exported.content.decode()
    file = tmp_path / "list.opml"
    file.write_bytes(exported.content)
    with file.open("rb") as upload:
        assert "1 were there already" in staff.post(f"{LIST}list/", {"file": upload}, follow=True).content.decode()
    file.write_bytes(b"<opml>")
    with file.open("rb") as upload:
        assert "not well-formed" in staff.post(f"{LIST}list/", {"file": upload}, follow=True).content.decode()


def test_standing_searches_are_made_from_a_commitments_terms(staff: Client) -> None:
    commitment = builders.commitment(watch_terms="King's Cross office\nOpenAI\n")
    assert staff.get(f"{LIST}searches/").status_code == 200
    staff.post(f"{LIST}searches/", {"commitment": commitment.pk, "where": ["govuk-news", "gdelt"], "words": ""})
    assert {s.title for s in commitment.query_sources.all()} == {
        'GOV.UK: news: "King\'s Cross office"',
        "GOV.UK: news: OpenAI",
        'GDELT: news of the week in the UK: "King\'s Cross office"',
        "GDELT: news of the week in the UK: OpenAI",
    }
    assert HostState.objects.get(name="api.gdeltproject.org").gap_seconds == searching.BY_KEY["gdelt"].gap


@pytest.mark.parametrize("spelling", ["http://paper.example/feed/", "www.paper.example/feed#top", "paper.example/feed"])
def test_another_spelling_of_a_watched_address_is_known_without_asking(spelling: str) -> None:
    watch("https://www.paper.example/feed")
    watch("https://other.example/feed")
    assert finding.look(spelling, manners(), NOW).error.endswith("as https://www.paper.example/feed.")
