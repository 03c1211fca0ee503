"""A reader reports an error; staff answer; the answer is printed."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from commitments.public import challenging
from commitments.public.models import Challenge
from tests.record import builders

pytestmark = pytest.mark.django_db


def form(**fields: str) -> dict[str, str]:
    minute_ago = timezone.now() - timedelta(minutes=1)
    return {"text": "The office has 500 seats.", "stamp": challenging.stamp(minute_ago), **fields}


def test_a_challenge_is_stored_and_shown_once_answered(client: Client) -> None:
    office = builders.commitment(slug="office")
    answer = client.post("/contact/", form(about="office", sender="ada@example.org"))
    assert (answer.status_code, answer["Location"]) == (302, "/contact/thanks/")
    challenge = Challenge.objects.get()
    assert challenge.commitment == office
    assert "500 seats" not in client.get("/c/office/").content.decode()
    challenge.reply("So it has; corrected.", now=timezone.now(), public=True)
    for address in ("/c/office/", "/contact/"):
        page = client.get(address).content.decode()
        assert "500 seats" in page
        assert "So it has; corrected." in page
        assert "ada@example.org" not in page


def test_a_refused_form_keeps_what_was_typed_and_says_what_to_mend(client: Client) -> None:
    answer = client.post("/contact/", form(source_url="javascript:alert(1)"))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "The office has 500 seats." in page
    assert "not an absolute http or https address" in page
    assert not Challenge.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"website": "https://spam.example"},
        {"stamp": ""},
        {"stamp": "forged"},
        {"stamp": "now"},
        {"text": "  "},
    ],
)
def test_machines_are_kept_out(client: Client, fields: dict[str, str]) -> None:
    if fields.get("stamp") == "now":
        fields = {"stamp": challenging.stamp(timezone.now())}
    assert client.post("/contact/", form(**fields)).status_code == 400
    assert not Challenge.objects.exists()


def test_a_form_on_another_site_cannot_post_here(client: Client) -> None:
    assert client.post("/contact/", form(), headers={"Origin": "https://evil.example"}).status_code == 403
    assert not Challenge.objects.exists()


def test_a_flood_is_stopped(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(challenging, "MOST_AN_HOUR", 1)
    assert client.post("/contact/", form()).status_code == 302
    assert client.post("/contact/", form()).status_code == 400
