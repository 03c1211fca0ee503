"""Passwords and sessions of staff: what is refused, what ends a session, and that nobody is there by default."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.auth.password_validation import get_password_validators, validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from tracker import sitting

pytestmark = pytest.mark.django_db
OLD, NEW = "a long pass phrase", "quite another phrase"
CHANGE = "/staff/account/password/"
SITTINGS = "/staff/account/sessions/"


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


@pytest.mark.parametrize("of_our_own", ["commitment-tracker", "Tracker2026!!", "openai-openai-1", "ledger.openai.2026"])
def test_words_of_this_site_are_no_password(erin, of_our_own, settings):
    settings.SITE_NAME, settings.SITE_URL = "Commitment Tracker", "https://tracker.example.org"
    with pytest.raises(ValidationError, match="words of this site"):
        validate_password(of_our_own, erin, get_password_validators(settings.AUTH_PASSWORD_VALIDATORS))
    validate_password(f"{of_our_own} goes swimming", erin, get_password_validators(settings.AUTH_PASSWORD_VALIDATORS))


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


def sitting_of(client: Client, **moved: timedelta) -> None:
    """As if the sign-in, or the last request, had been earlier by so much."""
    session = client.session
    for name, ago in moved.items():
        session[f"sitting.{name}"] = (timezone.now() - ago).isoformat()
    session.save()


@pytest.mark.parametrize("moved", [{"seen": sitting.IDLE}, {"began": sitting.LONGEST}])
def test_nobody_stays_signed_in_without_a_click_or_beyond_a_day(erin, moved):
    client = signed_in()
    almost = {name: ago - timedelta(minutes=1) for name, ago in moved.items()}
    sitting_of(client, **almost)
    assert is_in(client)
    sitting_of(client, **{name: ago + timedelta(minutes=1) for name, ago in moved.items()})
    answer = client.get("/admin/commitments/commitment/?q=x")
    assert answer.headers["Location"] == "/staff/account/login/?next=/admin/commitments/commitment/%3Fq%3Dx"
    assert not is_in(client)
    assert "You were signed out" in client.get("/staff/account/login/").content.decode()


def test_a_request_is_noted_now_and_then_and_a_busy_editor_stays(erin):
    client = signed_in()
    sitting_of(client, seen=sitting.NOTED_EVERY * 2)
    before = client.session["sitting.seen"]
    assert is_in(client)
    noted = client.session["sitting.seen"]
    assert noted > before
    assert is_in(client)
    assert client.session["sitting.seen"] == noted, "the next click within five minutes writes nothing"


def test_what_a_form_sent_too_late_leads_back_to_the_desk(erin):
    client = signed_in()
    sitting_of(client, seen=sitting.IDLE * 2)
    assert client.post("/admin/logout/").headers["Location"] == "/staff/account/login/?next=/admin/"


def test_one_sees_where_one_is_signed_in_and_ends_the_others(erin):
    here, elsewhere = signed_in(), Client(headers={"user-agent": "A <b>browser</b> of elsewhere"})
    elsewhere.post("/staff/account/login/", {"login": "erin", "password": OLD})
    gone = signed_in()
    gone.session.delete()
    page = here.get(SITTINGS).content.decode()
    assert "A &lt;b&gt;browser&lt;/b&gt; of elsewhere" in page
    assert page.count("127.0.0.1") == 2, "the one whose session is gone is not shown"
    assert UserSession.objects.count() == 3, "but reading deletes nothing"
    here.post(SITTINGS)
    assert is_in(here)
    assert not is_in(elsewhere)


def test_nobody_sees_or_ends_the_sign_ins_of_others(erin):
    here = signed_in()
    stranger = Client()
    get_user_model().objects.create_user("sam", password=OLD, is_staff=True)
    stranger.post("/staff/account/login/", {"login": "sam", "password": OLD})
    assert stranger.get(SITTINGS).content.decode().count("127.0.0.1") == 1
    stranger.post(SITTINGS)
    assert is_in(here)


def test_an_operator_signs_somebody_out_everywhere_but_no_superuser(erin):
    chief = get_user_model().objects.create_superuser("root", password=OLD)
    operator = get_user_model().objects.create_user("olga", password=OLD, is_staff=True)
    operator.user_permissions.set(Permission.objects.filter(content_type__model="user"))
    theirs, the_chiefs, mine = signed_in(), Client(), Client()
    the_chiefs.post("/staff/account/login/", {"login": "root", "password": OLD})
    mine.post("/staff/account/login/", {"login": "olga", "password": OLD})
    chosen = {"action": "sign_out_everywhere", "_selected_action": [str(erin.pk), str(chief.pk)]}
    page = mine.post("/admin/auth/user/", chosen, follow=True).content.decode()
    assert "1 sign-ins of 1 people were ended" in page
    assert not is_in(theirs)
    assert is_in(the_chiefs)


def test_a_new_house_has_no_users():
    assert not get_user_model().objects.exists()
