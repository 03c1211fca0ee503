"""Bounces and complaints as a mail service reports them: signed or not heard, and taken once."""

import hashlib
import hmac
import json

import pytest

from commitments.digests import building
from commitments.digests.models import Delivery, Suppression, WebhookEvent
from tests.digests.builders import MONDAY, news, reader

pytestmark = pytest.mark.django_db
KEY = "a-signing-key-of-the-service"


@pytest.fixture(autouse=True)
def service(settings):
    settings.MAIL_SERVICE, settings.MAIL_REPORTS_SECRET = "mailgun", KEY


def tell(client, event, key=KEY, token="t1", message_id="", **more):
    signature = hmac.new(key.encode(), f"1{token}".encode(), hashlib.sha256).hexdigest()
    said = {
        "signature": {"timestamp": "1", "token": token, "signature": signature},
        "event-data": {
            "event": event,
            "timestamp": 1.0,
            "recipient": "Rosa@example.org",
            "message": {"headers": {"message-id": message_id}},
            **more,
        },
    }
    return client.post("/digest/reports/", json.dumps(said), content_type="application/json").status_code


@pytest.mark.parametrize(
    ("event", "more", "reasons"),
    [
        ("failed", {"severity": "permanent", "reason": "bounce"}, ["bounced"]),
        ("failed", {"severity": "temporary", "reason": "generic"}, []),
        ("complained", {}, ["complained"]),
        ("delivered", {}, []),
    ],
)
def test_only_what_is_permanent_or_a_complaint_blocks_the_address(client, event, more, reasons):
    assert tell(client, event, **more) == 200
    assert list(Suppression.objects.values_list("reason", flat=True)) == reasons


def test_a_report_without_the_right_signature_changes_nothing(client):
    assert tell(client, "complained", key="guessed") == 400
    assert client.post("/digest/reports/", "{}", content_type="application/json").status_code == 400
    assert (Suppression.objects.count(), WebhookEvent.objects.count()) == (0, 0)


def test_a_replayed_report_is_taken_once(client):
    for _ in range(3):
        assert tell(client, "failed", severity="permanent", reason="bounce") == 200
    assert (Suppression.objects.count(), WebhookEvent.objects.count()) == (1, 1)


def test_without_a_secret_no_report_is_heard(client, settings):
    settings.MAIL_REPORTS_SECRET = ""
    assert tell(client, "complained") == 404


def test_a_letter_that_came_back_is_noted_in_the_ledger_and_counts_as_refused(client):
    news()
    rosa = reader()
    run = building.build_weekly(MONDAY)
    run.deliveries.update(state="sent", sent_at=MONDAY)
    name = f"digest.{run.pk}.{rosa.key}@tracker.example"
    tell(client, "failed", message_id=name, severity="permanent", reason="bounce")
    row = Delivery.objects.get()
    assert (row.state, "Reported bounced" in row.note) == ("failed", True)
