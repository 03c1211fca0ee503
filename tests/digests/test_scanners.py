"""Mail scanners open every link of every letter, twice. Not one byte of the database may change."""

import hashlib
import re

import pytest
import time_machine
from django.apps import apps
from django.test import Client

from commitments.digests import signing_up
from commitments.digests.models import Subscriber
from tests.digests.builders import MONDAY, news, reader
from tests.digests.test_sending import run_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def checksum(but: frozenset[str] | set[str] = frozenset()) -> str:
    """Over every row of every table of every room, but for the models named."""
    said = hashlib.sha256()
    for model in sorted(apps.get_models(), key=lambda model: model._meta.label):
        if model.__name__ in but:
            continue
        for row in model._base_manager.order_by("pk").values_list():
            said.update(f"{model._meta.label} {row!r}\n".encode())
    return said.hexdigest()


def links_of(letter) -> set[str]:
    text, html = (letter.message.get_body((kind,)) for kind in ("plain", "html"))
    said = "\n".join([part.get_content() for part in (text, html) if part] + [str(letter.message.items())])
    return set(re.findall(r"https://tracker\.example(/[^\s\"<>',)]*)", said))


def test_the_whole_database_is_the_same_after_every_link_of_every_letter_was_opened_twice(sink, settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://tracker.example", ["tracker.example", "testserver"]
    news()
    for name in ("rosa", "sam", "tess"):
        reader(f"{name}@example.org")
    signing_up.ask(signing_up.Wish("uma@example.org"), network="192.0.2.7", page="/digest/", now=MONDAY)
    run_at(MONDAY)
    assert len(sink.letters) == 4
    opened, before = 0, checksum()
    with time_machine.travel(MONDAY, tick=False):
        for letter in sink.letters:
            for link in links_of(letter):
                for method in ("get", "head", "get"):
                    assert getattr(Client(), method)(link).status_code == 200, link
                    opened += 1
    assert opened >= 4 * 3 * 2
    assert checksum() == before
    # and the sum would have told: one press of one button changes it
    with time_machine.travel(MONDAY, tick=False):
        Client().post(f"/digest/unsubscribe/{Subscriber.objects.get(email='sam@example.org').unsubscribe_token}/")
    assert checksum() != before
