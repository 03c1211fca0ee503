"""Staff read the next letter and send it to themselves; no reader and no row knows. Past letters are public."""

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.core import mail

from commitments.digests import building
from commitments.digests.models import Delivery, DigestRun, Letter
from tests.digests.builders import MONDAY, news, reader

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def staff(client):
    def sign_in(role: str, email: str = "olga@office.example") -> None:
        user = User.objects.create_user(role, email=email, is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)

    return sign_in


@pytest.fixture
def monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


def test_the_next_letter_is_shown_as_it_will_read_and_nothing_is_stored(client, staff, monday):
    news()
    reader()
    staff("Viewer")
    assert "Preview the next letter" in client.get("/admin/digests/digestrun/").content.decode()
    page = client.get("/admin/digests/digestrun/next/").content.decode()
    assert "Commitment Tracker: 1 status change" in page
    assert "The lease was signed." in page
    assert "Send a test" not in page
    html = client.get("/admin/digests/digestrun/next/html/")
    assert "The lease was signed." in html.content.decode()
    assert "[[" not in page + html.content.decode()
    assert "sandbox" in html.headers["Content-Security-Policy"]
    assert [model.objects.count() for model in (DigestRun, Letter, Delivery)] == [0, 0, 0]


def test_a_test_letter_goes_to_whoever_asks_and_to_nobody_else(client, staff, monday):
    news()
    reader()
    staff("Operator")
    said = client.post("/admin/digests/digestrun/next/test/", {"to": "all@example.org"}, follow=True)
    assert "on its way to olga@office.example" in said.content.decode()
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["olga@office.example"], "Test: Commitment Tracker: 1 status change")
    assert "[[" not in letter.body + letter.alternatives[0][0]
    assert Delivery.objects.count() == 0


def test_a_test_that_the_server_refuses_says_so(client, staff, monday, settings):
    from tests.support.mailing import closed_port

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", closed_port()
    staff("Operator")
    assert "did not take it" in client.post("/admin/digests/digestrun/next/test/", follow=True).content.decode()


def test_without_an_address_or_the_right_no_test_is_sent(client, staff, monday):
    staff("Chief editor", email="")
    assert "no e-mail address" in client.post("/admin/digests/digestrun/next/test/", follow=True).content.decode()
    staff("Viewer")
    assert client.post("/admin/digests/digestrun/next/test/").status_code == 403
    assert mail.outbox == []


def test_past_letters_are_public_and_held_or_empty_ones_are_not(client, monday):
    row = news()
    news(row, status="stalled", at=MONDAY.replace(hour=1))
    run = building.build_weekly(MONDAY)
    address = f"/digest/archive/{run.pk}/"
    assert address in client.get("/digest/archive/").content.decode()
    page = client.get(address).content.decode()
    assert "1 August 2025</span>" in page
    assert "In progress \N{RIGHTWARDS ARROW}</span>" in page
    assert 's-stalled"><svg' in page, "a sign, a word and a hue"
    assert 'Source: <a href="https://register.example/lease" rel="noopener">Lease signed</a> (Land Registry)' in page
    assert run.head_hash in page
    run.hold("Restored from a backup.")
    assert client.get(address).status_code == 404
    assert address not in client.get("/digest/archive/").content.decode()


def test_the_archive_shows_no_run_without_news(client, monday):
    run = building.build_weekly(MONDAY)
    assert client.get(f"/digest/archive/{run.pk}/").status_code == 404
    assert "No letter has been written yet" in client.get("/digest/archive/").content.decode()
