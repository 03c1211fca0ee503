"""No input whatever is answered with an error of the server, on both databases.

A seeded sample in every run. With NAUGHTY=all every field of every door is tried with every string: `make fuzz`.
"""

import hashlib
import hmac
import json
import logging
import os
import random

import pytest
from django.test import Client

from monitoring.models import Item
from tests.security import inhabited, naughty, probing
from tests.watch.loopback import Loopback
from tests.watch.world import poll, watch

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
EVERYTHING = os.environ.get("NAUGHTY") == "all"
SEED, DOORS_A_RUN, PAGES_A_RUN = 20261126, 40, 20
# Forms with the most fields, and those that anybody may fill in.
ALWAYS = ("/digest/", "/contact/", "/staff/account/login/", "/admin/commitments/commitment/add/", "/staff/triage/")
STRINGS = [*naughty.STRINGS, *map(probing.raw, naughty.ESCAPES)]
# What these say of themselves is not an error: a format that is not offered, a house that is not in order.
MAY_SAY_SO = {"/oembed": 501, "/statusz": 503, "/readyz": 503}
PAGES = ("/staff/triage/", "/staff/triage/search/?unmatched=yes", "/monitoring/", "/admin/monitoring/item/")


@pytest.fixture
def root() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(inhabited.populate())
    return client


@pytest.fixture(autouse=True)
def _in_silence():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def trials(door: probing.Door, chance: random.Random):
    """All fields at once in a fresh order, one field alone; in the long run every field with every string."""
    yield probing.at_once(door, chance.sample(STRINGS, len(STRINGS)))
    if not EVERYTHING:
        yield {chance.choice(door.names): chance.choice(STRINGS)}
        return
    yield from ({name: string} for name in door.names for string in STRINGS)


def sample(doors: list[probing.Door], chance: random.Random) -> list[probing.Door]:
    """All of them in the long run; else some of each kind, so that no kind is ever left out."""
    if EVERYTHING:
        return doors
    kinds = sorted({door.kind for door in doors})
    groups = [[door for door in doors if door.kind == kind] for kind in kinds]
    return [door for group in groups for door in chance.sample(group, min(len(group), DOORS_A_RUN // len(kinds)))]


def test_no_input_is_answered_with_an_error_of_the_server(root):
    chance, failed, asked = random.Random(SEED), [], 0
    walked = probing.paths(inhabited.addresses())
    doors = probing.doors(root, walked, walked if EVERYTHING else [*ALWAYS, *chance.sample(walked, PAGES_A_RUN)])
    assert {door.kind for door in doors} == {"path", "query", "form", "header", "header of a form"}
    for door in sample(doors, chance):
        for said in trials(door, chance):
            status = probing.knock(root, door, said)
            asked += 1
            if status >= 500 and MAY_SAY_SO.get(door.path) != status:
                failed.append((status, str(door), said if len(said) == 1 else f"{len(said)} fields"))
    assert failed == []
    assert asked >= DOORS_A_RUN


def report(text: str) -> dict[str, object]:
    signature = hmac.new(b"a-secret", b"1t", hashlib.sha256).hexdigest()
    event = {"event": "failed", "timestamp": 1.0, "recipient": text, "severity": "permanent", "reason": "bounce"}
    event |= {"id": text, "message": {"headers": {"message-id": text}}, "delivery-status": {"description": text}}
    return {"signature": {"timestamp": "1", "token": "t", "signature": signature}, "event-data": event}


def test_no_signed_report_and_no_passkey_is_answered_with_an_error_of_the_server(root, settings):
    settings.MAIL_SERVICE, settings.MAIL_REPORTS_SECRET = "mailgun", "a-secret"
    report_door = "/digest/reports/"
    for string in naughty.STRINGS:
        answer = root.post(report_door, json.dumps(report(string)), content_type="application/json")
        assert answer.status_code in (200, 400), repr(string[:40])
        assert root.post(report_door, string.encode("utf-8", "replace"), content_type="text/json").status_code == 400


def json_feed(strings) -> bytes:
    """The one kind of feed that can spell every string there is."""
    entries = [
        {
            "id": f"{number} {text}",
            "title": text,
            "content_text": text,
            "summary": text,
            "url": f"https://n.example/{number}",
        }
        | {"authors": [{"name": text}], "date_published": text if number % 2 else "2026-11-25T10:00:00Z"}
        for number, text in enumerate(strings)
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": strings[0], "items": entries}).encode()


def test_whatever_a_feed_says_is_stored_and_shown_or_left_out(root):
    server = Loopback()
    try:
        feed = json_feed(naughty.STRINGS)
        source = watch(server.set("/naughty", feed, Content_Type="application/feed+json"))
        poll()
    finally:
        server.close()
    assert Item.objects.filter(source=source).count() > len(naughty.STRINGS) // 2
    for page in PAGES:
        assert root.get(page).status_code == 200
