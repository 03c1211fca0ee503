"""Joining and leaving: by the reader's own hand, alike for everybody, and never by a machine that opens links."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.digests import marking, sending, signing_up
from commitments.digests.models import Confirmation, Consent, Delivery, Subscriber, Suppression
from commitments.digests.signing_up import Wish
from tests.digests.builders import MONDAY, news, reader

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def ask(email="rosa@example.org", now=MONDAY, network="192.0.2.7"):
    signing_up.ask(Wish(email), network=network, page="/digest/", now=now)


def newest() -> Confirmation:
    return Confirmation.objects.order_by("-pk")[0]


def fill(client, email, wait=5, **fields):
    with time_machine.travel(MONDAY, tick=False) as clock:
        sealed = client.get("/digest/").context["form"].initial["shown"]
        clock.shift(wait)
        form = {"email": email, "about": "everything:", "frequency": "weekly", "shown": sealed, **fields}
        return client.post("/digest/", form)


def test_a_link_confirms_once_and_keeps_the_proof_of_consent():
    ask()
    token = newest().token
    assert signing_up.confirm(token, MONDAY).state == "active"
    assert signing_up.confirm(token, MONDAY) is None
    consent = Consent.objects.get()
    assert (consent.given_at, consent.wording_version, consent.page) == (MONDAY, "2026-11", "/digest/")


def test_a_link_is_dead_after_72_hours_or_when_a_newer_one_exists():
    ask()
    old = newest().token
    assert signing_up.confirm(old, MONDAY + timedelta(hours=73)) is None
    ask(now=MONDAY + timedelta(hours=25))
    assert signing_up.confirm(old, MONDAY + timedelta(hours=26)) is None
    assert signing_up.confirm(newest().token, MONDAY + timedelta(hours=26)) is not None


def test_an_address_gets_one_confirmation_a_day_and_three_ever():
    for day in range(6):
        ask(now=MONDAY + timedelta(days=day))
        ask(now=MONDAY + timedelta(days=day, hours=1))
    assert Confirmation.objects.count() == 3


def test_a_network_that_asks_too_often_is_not_heard():
    for number in range(9):
        ask(f"r{number}@example.org")
    assert Subscriber.objects.count() == 5


def test_the_same_answer_for_known_unknown_and_blocked_addresses(client):
    reader("known@example.org")
    key = (
        __import__("commitments.digests.models", fromlist=["PostOffice"]).PostOffice.open().hash_of("gone@example.org")
    )
    Suppression.objects.create(address_hash=key, reason="bounced", at=MONDAY)
    answers = [fill(client, f"{name}@example.org") for name in ("known", "fresh", "gone")]
    assert {(answer.status_code, answer.url, answer.content) for answer in answers} == {
        (302, "/digest/check-your-post/", b"")
    }
    assert {row.subscriber.email for row in Confirmation.objects.all()} == {"known@example.org", "fresh@example.org"}


@pytest.mark.parametrize(
    ("wait", "fields"), [(1, {}), (5, {"website": "https://spam.example"}), (5, {"shown": "forged"})]
)
def test_a_program_filling_the_form_gets_the_usual_answer_and_no_mail(client, wait, fields):
    assert fill(client, "rosa@example.org", wait, **fields).status_code == 302
    assert Confirmation.objects.count() == 0


@pytest.mark.parametrize(
    "email", ["", "no address", "a@b", "x" * 300 + "@example.org", "rosa@example.org\nBcc: all@example.org"]
)
def test_what_is_no_address_is_said_at_the_field(client, email):
    assert fill(client, email).status_code == 200
    assert Subscriber.objects.count() == 0


def test_a_get_confirms_nothing_and_a_post_does(client):
    with time_machine.travel(MONDAY, tick=False):
        ask()
        link = f"/digest/confirm/{newest().token}/"
        assert client.get(link).status_code == 200
        assert Subscriber.objects.get().state == "pending"
        assert client.post(link).status_code == 200
        assert Subscriber.objects.get().state == "active"
        assert client.post(link).status_code == 410


def test_a_reader_changes_pauses_downloads_and_erases_on_one_page(client):
    rosa = reader()
    with time_machine.travel(MONDAY, tick=False):
        page = f"/digest/manage/{rosa.manage_token(MONDAY)}/"
        assert client.get(page).status_code == 200
        client.post(page, {"action": "save", "weekly": [], "alert": ["everything:"], "wants_quiet_letter": "on"})
        rosa.refresh_from_db()
        assert (rosa.weekly_scope, rosa.alert_scope, rosa.wants_quiet_letter) == ("", "everything", True)
        client.post(page, {"action": "pause"})
        assert Subscriber.objects.reachable().count() == 0
        client.post(page, {"action": "resume"})
        assert client.post(page, {"action": "download"}).json()["email"] == "rosa@example.org"
        client.post(page, {"action": "erase"})
        assert Subscriber.objects.count() == 0


@pytest.mark.parametrize("how", ["pause", "erase"])
def test_pausing_and_erasing_wait_for_a_letter_that_is_on_the_line(monkeypatch, how):
    rosa = reader()
    news()
    sending.start_run(MONDAY)
    Delivery.objects.update(state="sending")
    waited = []

    def the_letter_leaves(seconds):
        waited.append(Subscriber.objects.reachable().count())
        Delivery.objects.update(state="sent", sent_at=MONDAY)

    monkeypatch.setattr(signing_up.time, "sleep", the_letter_leaves)
    signing_up.pause(rosa, True) if how == "pause" else signing_up.erase(rosa, MONDAY)
    assert waited == [0]  # and meanwhile no other could get on the line
    assert Subscriber.objects.count() == (how == "pause")


def test_who_paused_and_left_and_comes_back_gets_letters_again():
    rosa = reader()
    signing_up.pause(rosa, True)
    signing_up.leave(rosa, MONDAY)
    ask("rosa@example.org")
    assert signing_up.confirm(newest().token, MONDAY) == rosa
    assert list(Subscriber.objects.reachable()) == [rosa]


def test_a_second_confirmation_mail_works_for_its_72_hours_though_the_first_was_a_week_ago():
    ask()
    with_second = MONDAY + timedelta(days=6, hours=20)
    ask(now=with_second)
    signing_up.tidy(with_second + timedelta(days=2))
    assert signing_up.confirm(newest().token, with_second + timedelta(days=3) - timedelta(minutes=1))
    Subscriber.objects.update(state="pending")
    signing_up.tidy(with_second + timedelta(days=8))
    assert Subscriber.objects.count() == 0


def test_a_forged_or_old_link_opens_nothing(client):
    rosa = reader()
    assert client.get(f"/digest/unsubscribe/{rosa.key}{'0' * 32}/").status_code == 404
    assert signing_up.managing(rosa.manage_token(MONDAY), MONDAY + timedelta(days=91)) is None
    assert signing_up.leaving(rosa.manage_token(MONDAY)) is None


def statements_of(address: str, network: str) -> list[str]:
    with CaptureQueriesContext(connection) as caught:
        ask(address, network=network)
    return [row["sql"].split()[0] for row in caught]


def test_a_blocked_and_an_asked_address_cost_the_same_statements_as_others():
    marking.suppress("blocked@example.org", "by_hand", "", MONDAY)
    reader("known@example.org")
    ask("asked@example.org")
    new, blocked = statements_of("new@example.org", "192.0.2.2"), statements_of("blocked@example.org", "192.0.2.3")
    known, asked = statements_of("known@example.org", "192.0.2.4"), statements_of("asked@example.org", "192.0.2.5")
    for usual, refused in ((new, blocked), (known, asked)):
        for word in ("SELECT", "INSERT", "UPDATE"):
            assert refused.count(word) == usual.count(word) > 0
    assert not Subscriber.objects.at("blocked@example.org").exists()
    assert Confirmation.objects.filter(subscriber__email="asked@example.org", superseded_at=None).count() == 1
