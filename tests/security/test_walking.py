"""Every address, as anybody and as every role: reading changes nothing, and no form is taken without its token."""

import pytest
from django.test import Client

from tests.digests.test_scanners import checksum
from tests.record.test_roles import address, people, routes  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
# The one thing that a visit may move: its own session, where messages wait to be read.
OF_THE_VISIT = {"Session"}
# A letter carries its styles in its elements, as mail programs want it; its preview is shut into a sandbox instead.
OF_A_LETTER = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups; "
PROTECTIONS = {
    "Content-Security-Policy": ("default-src 'none'", "base-uri 'none'", "frame-ancestors"),
    "Cross-Origin-Opener-Policy": ("same-origin",),
    "Cross-Origin-Resource-Policy": ("same-origin", "cross-origin"),
    "Permissions-Policy": ("camera=()",),
    "Referrer-Policy": ("same-origin",),
    "Strict-Transport-Security": ("max-age=31536000; includeSubDomains",),
    "X-Content-Type-Options": ("nosniff",),
}
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


def missing(answer) -> list[str]:
    """Which protections an answer goes without; of a policy, every part must stand there and nothing unsafe."""
    lacking = [
        name
        for name, words in PROTECTIONS.items()
        if not (all if name == "Content-Security-Policy" else any)(
            word in answer.headers.get(name, "") for word in words
        )
    ]
    loose = ["cookie" for cookie in answer.cookies.values() if not (cookie["secure"] and cookie["samesite"] == "Lax")]
    policy = answer.headers.get("Content-Security-Policy", "").removeprefix(OF_A_LETTER)
    return lacking + loose + ["unsafe"] * ("unsafe-" in policy)


def test_reading_every_address_as_every_role_changes_no_row_and_every_answer_is_protected(people, settings):  # noqa: F811
    settings.HTTPS, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    visitors = list(each_visitor(people))
    before = checksum(but=OF_THE_VISIT)
    walked, changed, seen, unprotected = 0, [], set(), set()
    for route in dict.fromkeys(routes()):
        for client in visitors:
            if not route.endswith("logout/"):
                answer = client.get(address(route))
                seen.add(answer.status_code)
                unprotected |= {(route, answer.status_code, name) for name in missing(answer)}
                walked += 1
        if (now := checksum(but=OF_THE_VISIT)) != before:
            changed.append(route)
            before = now
    assert changed == []
    assert sorted(unprotected) == []
    assert seen >= {200, 302, 400, 403, 404, 405}
    assert walked > 1_000


def test_no_form_is_taken_without_its_token(people):  # noqa: F811
    taken = set()
    for client in each_visitor(people, enforce_csrf_checks=True):
        for route in dict.fromkeys(routes()):
            if client.post(address(route)).status_code not in (403, 404, 405):
                taken.add(route)
    assert sorted(taken - set(WITHOUT_SESSION)) == []
