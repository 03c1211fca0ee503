"""From due rows to stored items, over real HTTP on loopback."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitoring import claiming, polling
from monitoring.models import Fetch, Item, Source
from tests.watch.loopback import Answer, Loopback, item, rss
from tests.watch.world import DAY, HOUR, NOW, manners, poll, poll_by_hand, read_again, titles, watch

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_a_due_source_is_asked_and_its_items_are_stored(server: Loopback) -> None:
    source = watch(server.set("/feed", rss(item(1), item(2)), etag='"1"'))
    report = poll()
    assert (report.asked, report.failed, report.new) == (1, 0, 2)
    assert titles() == ["Story 1", "Story 2"]
    source = read_again(source)
    assert source.next_check_at >= NOW + HOUR
    assert (source.etag, source.claim, source.host.lease_by) == ('"1"', "", "")
    assert poll(NOW + HOUR / 2).asked == 0


def test_a_duplicate_item_is_stored_once(server: Loopback) -> None:
    watch(server.set("/feed", rss(item(1), item(1), item(2))))
    poll()
    server.set("/feed", rss(item(1), item(2), item(3)))
    assert poll(NOW + 2 * DAY).new == 1
    assert titles() == ["Story 1", "Story 2", "Story 3"]


def test_an_edit_is_an_update_and_keeps_the_old_text(server: Loopback) -> None:
    watch(server.set("/feed", rss(item(1, title="OpenAI plans an office", text="Soon"))))
    poll()
    server.set("/feed", rss(item(1, title="OpenAI has dropped its office", text="Never")))
    report = poll(NOW + 2 * DAY)
    assert (report.new, report.edited) == (0, 1)
    story = Item.objects.get()
    assert (story.title, story.text, story.first_seen_at) == ("OpenAI has dropped its office", "Never", NOW)
    before = story.revisions.get()
    assert (before.title, before.text) == ("OpenAI plans an office", "Soon")


def test_new_markup_around_the_same_words_is_no_edit(server: Loopback) -> None:
    watch(server.set("/feed", rss(item(1, text="Same words"))))
    poll()
    server.set("/feed", rss(item(1, text="&lt;p class='x'&gt;Same   words&lt;/p&gt;")))
    assert poll(NOW + 2 * DAY).edited == 0
    assert not Item.objects.get().revisions.exists()


def test_a_changed_id_with_the_same_link_is_the_same_item(server: Loopback) -> None:
    watch(server.set("/feed", rss(item(1, guid="a", link="http://www.news.example/1?utm_source=x"))))
    poll()
    server.set("/feed", rss(item(1, guid="b", link="https://news.example/1")))
    assert poll(NOW + 2 * DAY).new == 0
    assert Item.objects.count() == 1


def test_a_changed_id_and_link_with_the_same_title_and_day_is_the_same_item(server: Loopback) -> None:
    date = "Tue, 24 Nov 2026 10:00:00 GMT"
    watch(server.set("/feed", rss(item(1, guid="a", link="https://old.example/1", date=date))))
    poll()
    server.set("/feed", rss(item(1, guid="b", link="https://new.example/x", date=date)))
    assert poll(NOW + 2 * DAY).new == 0


def test_items_with_ids_of_their_own_may_share_a_link(server: Loopback) -> None:
    same = "https://status.example/"
    watch(server.set("/feed", rss(item(1, link=same), item(2, link=same))))
    assert poll().new == 2


def test_a_feed_without_ids_dates_or_links_still_has_items(server: Loopback) -> None:
    bare = "<item><title>Bare {0}</title><description>Words {0}</description></item>"
    watch(server.set("/feed", rss(bare.format(1), bare.format(2))))
    poll()
    assert poll(NOW + 2 * DAY).new == 0
    assert [i.published_at for i in Item.objects.all()] == [None, None]
    assert {i.dated_at for i in Item.objects.all()} == {Item.objects.first().first_seen_at}


def test_a_year_9999_is_no_date(server: Loopback) -> None:
    watch(server.set("/feed", rss(item(1, date="Fri, 31 Dec 9999 23:59:59 GMT"))))
    assert poll().new == 1
    assert Item.objects.get().published_at is None


def test_items_older_than_the_sources_first_day_are_left_out(server: Loopback) -> None:
    feed = rss(item(1, date="Mon, 01 Jan 2024 10:00:00 GMT"), item(2, date="Tue, 24 Nov 2026 10:00:00 GMT"), item(3))
    watch(server.set("/feed", feed), not_before_on="2025-07-21")
    poll()
    assert titles() == ["Story 2", "Story 3"]


def test_titles_are_text_and_summaries_are_clean(server: Loopback) -> None:
    text = (
        "&lt;p onclick='x()'&gt;Hello &lt;a href='/rel'&gt;there&lt;/a&gt; &lt;a href='javascript:alert(1)'&gt;bad"
        "&lt;/a&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&lt;/p&gt;"
    )
    watch(server.set("/feed", rss(item(1, title="A &amp;amp; B &lt;b&gt;bold&lt;/b&gt; 1 &amp;lt; 2", text=text))))
    poll()
    story = Item.objects.get()
    assert story.title == "A & B bold 1 < 2"
    assert "script" not in story.summary
    assert "javascript" not in story.summary
    assert f'href="{server.base}/rel"' in story.summary
    assert story.text == "Hello there bad"
    assert "<script>" in story.raw


def test_what_cannot_be_stored_costs_neither_the_others_nor_its_next_check(
    server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = watch(server.set("/bad", rss(item(1, title="Bad"))))
    watch(server.set("/good", rss(item(1, title="Good"))))
    real = polling.storing.wording.new_item

    def fails_for_one(source: Source, *rest: object) -> Item:
        if source.pk == bad.pk:
            raise RuntimeError("broken")
        return real(source, *rest)

    monkeypatch.setattr(polling.storing.wording, "new_item", fails_for_one)
    report = poll()
    assert (report.asked, report.failed) == (2, 1)
    assert titles() == ["Good"]
    bad = read_again(bad)
    assert bad.next_check_at > NOW
    assert "could not be stored" in bad.last_error
    assert bad.etag == bad.body_hash == ""


def test_a_batch_delivered_twice_is_polled_once(server: Loopback) -> None:
    watch(server.set("/feed", rss(item(1))))
    batch = claiming.claim_batch(NOW)
    assert batch
    assert polling.poll(batch, NOW, how=manners()).asked == 1
    assert polling.poll(batch, NOW, how=manners()).asked == 0
    assert len(server.requests) == 1


@pytest.mark.parametrize("answer", [Answer(rss(item(1))), Answer(status=410)])
def test_what_staff_pause_while_it_is_being_asked_stays_paused(server: Loopback, answer: Answer) -> None:
    source = watch(server.set("/feed", answer))
    batch = claiming.claim_batch(NOW)
    assert batch
    read_again(source).pause()
    assert polling.poll(batch, NOW, how=manners()).asked == 1
    assert read_again(source).life == "paused"


def test_a_claim_nobody_came_for_runs_out(server: Loopback) -> None:
    watch(server.set("/feed", rss(item(1))))
    assert claiming.claim_due(NOW)
    assert claiming.claim_due(NOW + claiming.LEASE / 2) is None
    assert poll(NOW + HOUR).asked == 1


def test_every_fetch_leaves_a_line_of_history(server: Loopback) -> None:
    source = watch(server.set("/feed", Answer(status=500)))
    poll()
    server.set("/feed", rss(item(1)))
    poll(NOW + DAY)
    newest, first = Fetch.objects.filter(source=source)
    assert (first.outcome, first.status, first.error) == ("server_error", 500, "The server failed. [500]")
    assert (newest.outcome, newest.new_items) == ("ok", 1)
    assert newest.next_check_reason


def test_a_hundred_unchanged_sources_cost_five_statements(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    """One to lease the hosts, one to claim the sources, one for all the states, one for the history, one for the hosts.

    PostgreSQL takes the last three as one.
    """
    monkeypatch.setattr(claiming, "MOST_PER_HOST", 100)
    for number in range(100):
        watch(server.set(f"/{number}", rss(item(number)), etag=f'"{number}"'))
    assert poll().new == 100
    with CaptureQueriesContext(connection) as captured:
        batch = claiming.claim_batch(NOW + 2 * DAY)
        assert batch
        assert polling.poll(batch, NOW + 2 * DAY, how=manners()).asked == 100
    frame = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    assert len([query for query in captured if not query["sql"].startswith(frame)]) == (
        3 if connection.vendor == "postgresql" else 5
    )
    assert len(server.requests) == 200


def test_poll_by_hand_asks_again_but_not_against_the_servers_word(server: Loopback) -> None:
    free = watch(server.set("/free", rss(item(1))))
    held = watch(server.set("/held", rss(item(2)), cache_control="max-age=3600"))
    poll()
    assert poll_by_hand(free, held, now=NOW + HOUR / 60).asked == 1
    assert len(server.asked("/held")) == 1
