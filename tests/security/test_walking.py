"""Every address, as anybody and as every role: reading changes nothing, and no form is taken without its token."""

import pytest
from django.test import Client

from tests.digests.test_scanners import checksum
from tests.record.test_roles import address, people, routes  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
# Signing the visitors in moves these: their session, the log of sign-ins and the moment of the last one.
OF_THE_VISIT = {"Session", "AccessLog", "User"}
# Asked for by anybody without a session: there is nothing that a stranger's page could borrow.
WITHOUT_SESSION = {
    "digest/": "sign-up; the letter asks the reader to confirm",
    "digest/confirm/<str:token>/": "the token in the address is the permission",
    "digest/unsubscribe/<str:token>/": "one click from a mail program (RFC 8058)",
    "digest/manage/<str:token>/": "the token in the address is the permission",
    "digest/reports/": "the mail service signs what it sends",
    "monitoring/push/<str:token>/": "the hub signs what it sends",
    "contact/": "challenges come from kept pages and no session is looked at",
}


def each_visitor(people, **options):  # noqa: F811
    for who in (None, *people.values()):
        client = Client(raise_request_exception=False, **options)
        if who:
            client.force_login(who)
        yield client


def test_reading_every_address_as_every_role_changes_no_row(people):  # noqa: F811
    visitors = list(each_visitor(people))
    before = checksum(but=OF_THE_VISIT)
    walked, changed = 0, []
    for route in dict.fromkeys(routes()):
        for client in visitors:
            if not route.endswith("logout/"):
                client.get(address(route))
                walked += 1
        if (now := checksum(but=OF_THE_VISIT)) != before:
            changed.append(route)
            before = now
    assert changed == []
    assert walked > 1_000


def test_no_form_is_taken_without_its_token(people):  # noqa: F811
    taken = set()
    for client in each_visitor(people, enforce_csrf_checks=True):
        for route in dict.fromkeys(routes()):
            if client.post(address(route)).status_code not in (403, 404, 405):
                taken.add(route)
    assert sorted(taken - set(WITHOUT_SESSION)) == []
