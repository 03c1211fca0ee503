"""Evidence is read again: what changed or went is said, what proves nothing changes nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from commitments import rereading as rule
from commitments.models import Evidence
from monitoring import claiming, gathering, rereading
from tests.record.builders import commitment, evidence
from tests.watch.loopback import Answer, Loopback
from tests.watch.world import NOW, manners

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
WEEK = timedelta(days=7)
EVIDENCE = "/admin/commitments/evidence/"
QUOTE = "The lease was signed on 3 March."
TEXT = f"The company spoke of its plans. {QUOTE} The building holds two hundred people and opens in spring."


def page(text: str) -> Answer:
    body = f"<html><head><title>Notice</title></head><body><main><p>{text}</p></main></body></html>"
    return Answer(body.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


def relied_on(server: Loopback, path: str = "/notice", **kept: str) -> Evidence:
    kept = kept or {"quote": QUOTE, "snapshot": TEXT}
    return evidence(commitment(), url=server.base + path, **kept)


def reread(now=NOW):
    return rereading.reread(now, manners())


def state_of(piece: Evidence) -> str:
    return Evidence.objects.get(pk=piece.pk).source_state


def test_a_source_that_still_says_it_is_the_same(server: Loopback) -> None:
    server.set("/notice", page(f"Menu. Today's date. {TEXT}"))
    piece = relied_on(server)
    assert reread() == {"same": 1}
    assert state_of(piece) == "same"
    assert Evidence.objects.get(pk=piece.pk).source_read_at == NOW


def test_a_sentence_that_is_no_longer_there_is_a_changed_source_and_one_that_is_back_is_not(server: Loopback) -> None:
    server.set("/notice", page(TEXT.replace("3 March", "9 June")))
    piece = relied_on(server)
    assert reread() == {"changed": 1}
    assert list(Evidence.objects.source_lost()) == [piece]
    server.set("/notice", page(TEXT))
    assert reread(NOW + WEEK) == {"same": 1}
    assert not Evidence.objects.source_lost()


def test_it_is_said_since_when_a_source_is_in_doubt(server: Loopback, admin_client: Client) -> None:
    server.set("/notice", page("Nothing of the kind."))
    piece = relied_on(server)
    reread()
    server.set("/notice", Answer(status=404))
    reread(NOW + WEEK)
    reread(NOW + 2 * WEEK)
    piece.refresh_from_db()
    assert (piece.source_doubted_at, piece.source_read_at) == (NOW, NOW + 2 * WEEK)
    said = "Source gone: in doubt since 25 Nov 2026"
    for address in ("/admin/", EVIDENCE, f"{EVIDENCE}{piece.pk}/change/"):
        assert said in admin_client.get(address).content.decode(), address


def test_what_a_person_has_checked_by_hand_is_not_doubted_again_for_half_a_year(
    server: Loopback, admin_client: Client
) -> None:
    server.set("/notice", page("Nothing of the kind."))
    piece = relied_on(server)
    reread()
    with travel(NOW + timedelta(days=1), tick=False):
        admin_client.post(EVIDENCE, {"action": "check_by_hand", "_selected_action": [piece.pk]})
        assert "Checked by hand by admin on 26 Nov 2026" in admin_client.get(EVIDENCE).content.decode()
    assert not Evidence.objects.source_lost()
    assert reread(NOW + WEEK) == {"checked": 1}
    assert not Evidence.objects.source_lost()
    later = NOW + rule.CHECK_HOLDS + timedelta(days=2)
    assert reread(later) == {"changed": 1}
    assert Evidence.objects.get().source_doubted_at == later


def test_another_stored_text_clears_the_doubt_and_is_read_soon(server: Loopback) -> None:
    now_it_says = "The lease was signed on 9 June."
    server.set("/notice", page(now_it_says))
    piece = relied_on(server)
    reread()
    piece.refresh_from_db()
    piece.quote, piece.snapshot = now_it_says, now_it_says
    piece.save()
    assert not Evidence.objects.source_lost()
    assert (piece.source_said, piece.source_doubted_at) == ("Not read again yet", None)
    assert reread(NOW + timedelta(hours=1)) == {"same": 1}


def test_a_save_of_the_same_text_clears_nothing(server: Loopback) -> None:
    server.set("/notice", page("Nothing of the kind."))
    piece = relied_on(server)
    reread()
    for fields in (["snapshot"], None):
        piece = Evidence.objects.get(pk=piece.pk)
        piece.save(update_fields=fields)
        assert list(Evidence.objects.source_lost()) == [piece]


def test_a_source_is_gone_when_it_is_missing_twice_a_week_apart(server: Loopback) -> None:
    server.set("/notice", Answer(status=404))
    piece = relied_on(server)
    assert reread() == {"unread": 1}
    assert reread(NOW + WEEK / 2) == {}, "nobody asks again within the week"
    assert reread(NOW + WEEK) == {"gone": 1}
    assert state_of(piece) == "gone"


def test_a_miss_between_two_readings_is_forgiven(server: Loopback) -> None:
    piece = relied_on(server)
    for week, answer in enumerate((Answer(status=404), page(TEXT), Answer(status=410))):
        server.set("/notice", answer)
        reread(NOW + week * WEEK)
    assert state_of(piece) == "same"


@pytest.mark.parametrize("answer", [Answer(status=500), Answer(status=403), Answer(b"", status=200)])
def test_an_answer_that_proves_nothing_changes_nothing(server: Loopback, answer: Answer) -> None:
    server.set("/notice", answer)
    piece = relied_on(server)
    assert reread() == {"unknown": 1}
    assert state_of(piece) == "unread"


def test_what_robots_txt_closes_is_not_read(server: Loopback) -> None:
    server.set("/robots.txt", b"User-agent: *\nDisallow: /notice\n")
    server.set("/notice", page("Something else."))
    piece = relied_on(server)
    assert reread() == {"unknown": 1}
    assert state_of(piece) == "unread"
    assert not server.asked("/notice")


def test_a_host_that_asks_for_rest_gets_it(server: Loopback) -> None:
    server.set("/notice", Answer(status=503, headers={"Retry-After": "7200"}))
    relied_on(server)
    relied_on(server, "/other")
    assert reread() == {"unknown": 1}
    assert reread(NOW + timedelta(minutes=90)) == {}
    assert not server.asked("/other")


def test_what_is_read_long_keeps_its_hosts_and_asks_nothing_of_the_sources(
    server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement that matches no source, every fifteen seconds, would be for nothing."""
    server.set("/notice", Answer(page(TEXT).body, headers={"Content-Type": "text/html"}, wait=0.6))
    relied_on(server)
    monkeypatch.setattr(claiming, "RENEW_SECONDS", 0.1)
    monkeypatch.setattr(gathering, "TICK_SECONDS", 0.1)
    with CaptureQueriesContext(connection) as captured:
        assert reread() == {"same": 1}
    changes = [query["sql"] for query in captured if query["sql"].startswith("UPDATE")]
    assert sum('"lease_until_at"' in sql and '"lease_by" =' in sql for sql in changes) >= 3
    assert not [sql for sql in changes if sql.startswith('UPDATE "monitoring_source"')]


def test_a_ring_reads_a_sample_the_longest_unread_first(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rereading, "SAMPLE", 2)
    for number in range(3):
        server.set(f"/{number}", page(TEXT))
        relied_on(server, f"/{number}")
    assert reread() == {"same": 2}
    assert reread(NOW + timedelta(hours=1)) == {"same": 1}
    assert reread(NOW + timedelta(hours=2)) == {}


def test_readers_and_staff_are_told(server: Loopback, admin_client: Client) -> None:
    server.set("/notice", page("Nothing of the kind."))
    piece = relied_on(server)
    address = f"/c/{piece.commitments.get().slug}/"
    assert "source changed since" not in Client().get(address).content.decode()
    reread()
    assert "source changed since" in Client().get(address).content.decode()
    assert "Evidence whose source changed or went" in admin_client.get("/admin/").content.decode()


@pytest.mark.parametrize(
    ("quote", "flag", "snapshot", "text", "state"),
    [
        ("", "", "", TEXT, "unread"),
        (QUOTE, "", TEXT, TEXT.upper(), "same"),
        (QUOTE, "", TEXT, "", "changed"),
        (QUOTE, "shortened", TEXT, TEXT, "same"),
        (QUOTE, "shortened", "", TEXT, "unread"),
        ("", "", TEXT, "Menu " + TEXT + " footer", "same"),
        ("", "", TEXT, "Another page altogether.", "changed"),
    ],
)
def test_the_rule(quote: str, flag: str, snapshot: str, text: str, state: str) -> None:
    assert rule.state_of(quote, flag, snapshot, text) == state
