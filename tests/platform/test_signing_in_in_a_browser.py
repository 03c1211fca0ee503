"""Signing in as people meet it: in a real browser, a passkey of a virtual authenticator, nothing for axe to find."""

import os

import pytest
from django.contrib.auth.models import User

from tests.support import axe

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs a loop in this thread
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHRASE = "four plain words together"
AREA = "second-factor/"
PAGES = (AREA, f"{AREA}totp/activate/", f"{AREA}recovery-codes/generate/", f"{AREA}webauthn/", f"{AREA}webauthn/add/")
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def site(live_server):
    """Passkeys belong to a name, never to a bare number."""
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def erin():
    return User.objects.create_superuser("erin", password=PHRASE)


def sign_in(page, site):
    page.goto(f"{site}/staff/account/login/")
    page.fill("input[name=login]", "erin")
    page.fill("input[name=password]", PHRASE)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_load_state()


def confirm(page):
    """Before it shows secrets the site asks for the password once more."""
    if "reauthenticate" in page.url:
        page.fill("input[name=password]", PHRASE)
        page.locator("main button[type=submit], #content button[type=submit], form button[type=submit]").last.click()
        page.wait_for_load_state()


@pytest.mark.usefixtures("erin")
def test_axe_finds_nothing_where_staff_sign_in(site, page):
    page.goto(f"{site}/staff/account/login/")
    seen = {"sign-in": axe.violations(page)}
    sign_in(page, site)
    for path in PAGES:
        answer = page.goto(f"{site}/staff/account/{path}")
        confirm(page)
        assert answer.status < 400, (path, answer.status)
        seen[path] = axe.violations(page)
    blocked = [text for text in page.complaints if "Content Security Policy" in text and "axe" not in text]
    assert {path: found for path, found in seen.items() if found} == {}
    assert blocked == []


@pytest.mark.usefixtures("erin")
def test_a_passkey_is_added_and_opens_the_door_without_a_password(site, page):
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    sign_in(page, site)
    page.goto(f"{site}/staff/account/second-factor/webauthn/add/")
    confirm(page)
    page.fill("input[name=name]", "Erin's laptop")
    if page.locator("input[name=passwordless]").count():
        page.check("input[name=passwordless]")
    page.locator("#mfa_webauthn_add, form button[type=submit], form button").last.click()
    page.wait_for_url(lambda url: "webauthn/add" not in url)
    page.context.clear_cookies()
    page.goto(f"{site}/staff/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{site}/admin/")
    assert "erin" in page.inner_text("body").lower()
