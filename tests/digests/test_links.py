"""Links open what they were made for: through a change of keys, whatever is typed, and not from a stolen database."""

import logging
from datetime import timedelta
from types import SimpleNamespace

import pytest

from commitments.digests import reporting, signing_up, tokens
from commitments.digests.models import Confirmation, SignUpAttempt, Subscriber, Suppression
from tests.digests.builders import MONDAY, reader
from tests.digests.test_signing_up import ask, fill, newest

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
OLD, NEW = "the-old-key-" * 5, "the-new-key-" * 5


@pytest.mark.parametrize("page", ["confirm", "unsubscribe", "manage"])
@pytest.mark.parametrize(
    "typed", ["\u00e9" * 64, "%00" * 40, "%ff%fe", "0" * 32 + "\u0660" * 32, "x", "%F0%9F%93%AE" * 9]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_whatever_is_typed_for_a_token_is_unknown_and_no_error(client, page, typed, method):
    answer = getattr(client, method)(f"/digest/{page}/{typed}/")
    refused = (400,) if "%00" in typed else (404,)
    assert answer.status_code in ((200, 410) if page == "confirm" and refused == (404,) else refused)
    assert page != "confirm" or method == "post" or not answer.context.get("genuine")


def test_links_that_are_out_survive_a_change_of_keys(settings):
    settings.SECRET_KEY = OLD
    rosa = reader()
    ask("tess@example.org")
    stop, manage, confirm = rosa.unsubscribe_token, rosa.manage_token(MONDAY), newest().token
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    assert rosa.unsubscribe_token != stop
    assert signing_up.leaving(stop) == signing_up.leaving(rosa.unsubscribe_token) == rosa
    assert signing_up.managing(manage, MONDAY) == rosa
    assert signing_up.confirm(confirm, MONDAY).email == "tess@example.org"


def test_an_unsubscribe_link_outlives_every_key(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, []
    rosa = reader()
    stop = rosa.unsubscribe_token
    assert signing_up.keep_fingerprints() == 1
    assert signing_up.keep_fingerprints() == 0
    settings.SECRET_KEY = NEW
    assert signing_up.leaving(stop) == rosa
    assert signing_up.managing(rosa.key + stop[32:], MONDAY) is None
    assert signing_up.keep_fingerprints() == 1  # the next key's link is written down beside it
    assert len(Subscriber.objects.get().links) == 2


def test_a_copy_of_the_database_makes_no_link(settings):
    rosa = reader()
    signing_up.keep_fingerprints()
    kept = str(Subscriber.objects.values().get())
    assert rosa.unsubscribe_token[32:] not in kept
    assert rosa.manage_token(MONDAY)[40:] not in kept
    assert all(signing_up.leaving(rosa.key + mark) is None for mark in Subscriber.objects.get().links)


@pytest.mark.parametrize(
    "address",
    [
        "rosa@ex..ample.org",
        "rosa@" + "\u00fc" * 80 + ".org",
        "rosa",
        "",
        "@",
        "rosa@.org",
        "r\0sa@example.org",
        "\ud800@x.org",
    ],
)
def test_no_address_is_too_odd_to_be_blocked_or_asked_for(address):
    reported = SimpleNamespace(
        event_type="complained", event_id="n\0 1", recipient=address, description="x\0y", message_id="\0", esp_event={},
        reject_reason=None,
    )  # fmt: skip
    reporting.take(reported, MONDAY)
    assert Suppression.objects.count() == (1 if address else 0)
    assert Suppression.objects.all().blocks(address) == bool(address)
    ask(address)
    assert Confirmation.objects.count() == 0


def test_a_nul_byte_in_a_query_or_a_form_is_no_error(client):
    assert client.get("/digest/?commitment=%00office").status_code == 400
    assert fill(client, "rosa\0@example.org").status_code in (200, 400)
    assert fill(client, "rosa@example.org", about="commitment:1\0").status_code in (200, 400)
    assert fill(client, "rosa@example.org", website="\0").status_code in (200, 302, 400)
    assert Confirmation.objects.count() == 0


def test_behind_our_own_proxy_each_visitor_counts_for_themselves(client, settings):
    settings.PROXIES = 1
    for number in range(7):
        client.defaults["HTTP_X_FORWARDED_FOR"] = f"198.51.100.99, 192.0.2.{number}"
        fill(client, f"r{number}@example.org")
    assert Confirmation.objects.count() == 7
    assert SignUpAttempt.objects.values("network_hash").distinct().count() == 7


def test_without_a_proxy_a_made_up_header_hides_nobody(client, settings):
    settings.PROXIES = 0
    for number in range(7):
        client.defaults["HTTP_X_FORWARDED_FOR"] = f"192.0.2.{number}"
        fill(client, f"r{number}@example.org")
    assert Confirmation.objects.count() == 5


def test_a_manage_link_dies_after_ninety_days():
    rosa = reader()
    link = rosa.manage_token(MONDAY)
    assert signing_up.managing(link, MONDAY + timedelta(days=90)) == rosa
    assert signing_up.managing(link, MONDAY + timedelta(days=91)) is None


def test_a_traceback_in_a_plain_log_names_no_address():
    from django.conf import settings

    from tracker.logs import LineFormatter

    formatter = LineFormatter(settings.LOGGING["formatters"]["line"]["format"])
    try:
        raise ValueError("no box for rosa@example.org")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "It failed", None, (type(error), error, None))
    record.what_for = "-"
    said = formatter.format(record)
    assert ("rosa@" in said, "no box for (address)" in said) == (False, True)
    assert settings.LOGGING["formatters"]["line"]["()"] == "tracker.logs.LineFormatter"
    assert tokens.normalised("Rosa@B\u00fccher.example") == "rosa@xn--bcher-kva.example"
