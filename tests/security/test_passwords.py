"""Passwords and sessions of staff: what is refused, what ends a session, and that nobody is there by default."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import get_password_validators, validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client

pytestmark = pytest.mark.django_db
OLD, NEW = "a long pass phrase", "quite another phrase"
CHANGE = "/staff/account/password/"


@pytest.fixture
def erin():
    return get_user_model().objects.create_user("erin", "erin.editor@example.org", password=OLD, is_staff=True)


def signed_in() -> Client:
    client = Client()
    client.post("/staff/account/login/", {"login": "erin", "password": OLD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


@pytest.mark.parametrize("weak", ["short", "password1234", "qwertyuiop12", "erin.editor@exam"])
def test_short_common_and_own_names_are_refused(erin, weak, settings):
    rules = get_password_validators(settings.AUTH_PASSWORD_VALIDATORS)
    with pytest.raises(ValidationError):
        validate_password(weak, erin, rules)


@pytest.mark.parametrize("good", ["x" * 12 + "yz", "é" * 70 + "z", "only lower case words", "  spaces around  "])
def test_any_composition_and_length_is_allowed(erin, good, settings):
    validate_password(good, erin, get_password_validators(settings.AUTH_PASSWORD_VALIDATORS))


def test_a_new_password_needs_the_present_one_and_ends_the_other_sessions(erin):
    here, elsewhere = signed_in(), signed_in()
    assert is_in(here)
    assert is_in(elsewhere)
    assert b'type="password"' in here.get(CHANGE).content
    here.post(CHANGE, {"oldpassword": "guessed", "password1": NEW, "password2": NEW})
    erin.refresh_from_db()
    assert erin.check_password(OLD)
    here.post(CHANGE, {"oldpassword": OLD, "password1": NEW, "password2": NEW})
    erin.refresh_from_db()
    assert erin.check_password(NEW)
    assert not is_in(elsewhere)


def test_signing_out_and_disabling_end_a_session_at_once(erin):
    client = signed_in()
    key = client.session.session_key
    assert len(key) >= 32
    assert Session.objects.filter(session_key=key).exists()
    assert b"/staff/account/logout/" in client.get("/admin/").content or b"logout" in client.get("/admin/").content
    client.post("/staff/account/logout/")
    assert not Session.objects.filter(session_key=key).exists()
    other = signed_in()
    assert other.session.session_key != key
    erin.is_active = False
    erin.save()
    assert not is_in(other)


def test_a_session_lasts_half_a_day_at_most(erin, settings):
    assert settings.SESSION_COOKIE_AGE == 12 * 60 * 60
    client = signed_in()
    assert client.session.get_expire_at_browser_close()
    assert client.session.get_expiry_age() <= 12 * 60 * 60


def test_a_new_house_has_no_users():
    assert not get_user_model().objects.exists()
