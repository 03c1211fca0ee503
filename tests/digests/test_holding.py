"""A letter on the line of a slow mail server stays its sender's: the short lease is renewed while the sender lives."""

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError

from commitments.digests import holding, marking, sending
from commitments.digests.holding import Hold
from commitments.digests.models import Delivery
from commitments.digests.models.delivering import DeliveryQuerySet
from tests.digests.builders import MONDAY, news, reader
from tests.support import mailing

HANG = 180.0


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(holding, "RENEW_SECONDS", 0.01)


def test_it_is_renewed_again_and_again_until_the_end_and_then_no_more():
    renewed, times = threading.Event(), []

    def renew():
        times.append(1)
        if len(times) == 3:
            renewed.set()

    with Hold(renew):
        assert renewed.wait(HANG)
    before = len(times)
    assert not [thread for thread in threading.enumerate() if thread.name == "holding"]
    assert len(times) == before


def test_a_database_that_is_away_is_asked_again():
    again, times = threading.Event(), []

    def renew():
        times.append(1)
        if len(times) == 2:
            again.set()
        raise DatabaseError("away")

    with Hold(renew):
        assert again.wait(HANG)


@pytest.mark.django_db(transaction=True)
def test_a_server_that_keeps_a_sender_waiting_costs_it_no_letter(settings, monkeypatch):
    renewed, asked = threading.Event(), []

    def spy(rows, attempt, until):
        asked.append((attempt, until))
        renewed.set()

    monkeypatch.setattr(DeliveryQuerySet, "renew", spy)
    news()
    reader()
    sending.start_run(MONDAY)
    with mailing.Sink(delay=lambda: float(not renewed.wait(HANG))) as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", sink.port, HANG
        assert sending.send_due(lambda: MONDAY) == 1
    assert renewed.is_set()
    row = Delivery.objects.get()
    assert (row.state, row.repeats) == ("sent", 0)
    assert set(asked) == {(row.attempt, MONDAY + marking.LEASE)}


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_only_what_is_still_a_senders_own_is_renewed():
    news()
    for name in ("rosa", "omar", "sina", "tara"):
        reader(f"{name}@example.org")
    sending.start_run(MONDAY)
    on_the_line, held, finished, of_another = Delivery.objects.order_by("pk")
    until, later = MONDAY + timedelta(seconds=1), MONDAY + timedelta(seconds=99)
    for row, state, attempt in (
        (on_the_line, "sending", "mine"),
        (held, "claimed", "mine"),
        (finished, "failed", "mine"),
        (of_another, "sending", "another's"),
    ):
        Delivery.objects.filter(pk=row.pk).update(state=state, attempt=attempt, lease_until=until)
    assert Delivery.objects.all().renew("mine", later) == 2
    kept = dict(Delivery.objects.values_list("pk", "lease_until"))
    assert kept == {on_the_line.pk: later, held.pk: later, finished.pk: until, of_another.pk: until}
