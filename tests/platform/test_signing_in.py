"""Staff sign in with a password and a second factor; guessing is locked by name and address; nobody signs up."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from axes.models import AccessAttempt
from django.contrib.auth.models import Group, User
from django.urls import NoReverseMatch, reverse

from tests.support import processes

pytestmark = pytest.mark.django_db
PHRASE = "four plain words together"


@pytest.fixture
def erin():
    return User.objects.create_user("erin", password=PHRASE, is_staff=True, is_superuser=True)


@pytest.fixture
def guarded(settings):
    settings.AXES_ENABLED = True
    settings.STAFF_SECOND_FACTOR = "required"


def sign_in(client, name="erin", password=PHRASE, **more):
    return client.post(reverse("account_login"), {"login": name, "password": password}, **more)


def test_the_admin_sends_strangers_to_the_one_sign_in_page(client):
    answer = client.get("/admin/commitments/commitment/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/staff/account/login/?next=")
    assert "Sign in with a passkey" in answer.content.decode()


@pytest.mark.usefixtures("guarded")
def test_staff_without_a_second_factor_reach_nothing_but_its_set_up(client, erin):
    assert sign_in(client).status_code == 302
    for address in ("/admin/", "/admin/commitments/commitment/", "/staff/triage/"):
        assert client.get(address).headers["Location"] == reverse("mfa_index")
    assert client.get(reverse("mfa_index")).status_code == 200


@pytest.mark.usefixtures("guarded")
def test_an_authenticator_app_is_set_up_and_then_asked_for(client, erin):
    sign_in(client)
    assert client.get(reverse("mfa_activate_totp")).status_code == 302, "the password is asked for again"
    client.post(reverse("account_reauthenticate"), {"password": PHRASE})
    page = client.get(reverse("mfa_activate_totp"))
    assert "<svg" in page.content.decode()
    secret = client.session["mfa.totp.secret"]
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert Authenticator.objects.filter(user=erin, type="totp").exists()
    assert client.get("/admin/").status_code == 200

    client.post(reverse("account_logout"))
    assert sign_in(client).headers["Location"].startswith(reverse("mfa_authenticate"))
    assert client.get("/admin/").status_code == 302, "the password alone opens nothing"
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert client.get("/admin/").status_code == 200


@pytest.mark.usefixtures("guarded")
def test_a_recovery_code_opens_the_door_once(client, erin):
    totp.TOTP.activate(erin, totp.generate_totp_secret())
    code = RecoveryCodes.activate(erin).get_unused_codes()[0]
    for wanted in (200, 302):
        client.post(reverse("account_logout"))
        sign_in(client)
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert client.get("/admin/").status_code == wanted


def code_of(secret):
    counter = next(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


@pytest.mark.usefixtures("guarded")
def test_five_wrong_passwords_lock_that_name_at_that_address_only(client, erin):
    User.objects.create_user("rosa", password=PHRASE, is_staff=True)
    for _ in range(5):
        last = sign_in(client, password="wrong")
    assert last.status_code == 429
    assert "Try again in 15 minutes" in last.content.decode()
    assert sign_in(client).status_code == 429, "the right password does not lift the lock"
    assert sign_in(client, name="rosa").status_code == 302
    assert sign_in(client, REMOTE_ADDR="10.9.8.7").status_code == 302, "nobody locks erin out everywhere"


@pytest.mark.usefixtures("guarded")
def test_an_operator_lifts_the_lock(client, erin, settings):
    for _ in range(5):
        sign_in(client, password="wrong")
    settings.STAFF_SECOND_FACTOR = "optional"
    olga = User.objects.create_user("olga", password=PHRASE, is_staff=True)
    olga.groups.add(Group.objects.get(name="Operator"))
    sign_in(client, name="olga")
    locked = AccessAttempt.objects.get(username="erin")
    assert client.get(reverse("admin:axes_accessattempt_changelist")).status_code == 200
    answer = client.post(reverse("admin:axes_accessattempt_delete", args=[locked.pk]), {"post": "yes"})
    assert answer.status_code == 302
    client.post(reverse("account_logout"))
    assert sign_in(client).status_code == 302


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counts"),
    [
        (0, "6.6.6.6, 10.1.1.1", "172.16.0.2"),
        (1, "6.6.6.6, 10.1.1.1", "10.1.1.1"),
        (2, "6.6.6.6, 10.1.1.1, 10.0.0.1", "10.1.1.1"),
        (2, "10.1.1.1", "172.16.0.2"),
        (1, "6.6.6.6, 2001:db8::1", "2001:db8::1"),
        (1, "6.6.6.6, not an address", "172.16.0.2"),
        (1, "fe80::1%eth0", "172.16.0.2"),
        (1, "", "172.16.0.2"),
    ],
)
def test_the_address_that_our_outermost_proxy_saw_counts(rf, settings, proxies, forwarded, counts):
    from tracker.signin import client_address

    settings.PROXIES = proxies
    assert client_address(rf.get("/", HTTP_X_FORWARDED_FOR=forwarded, REMOTE_ADDR="172.16.0.2")) == counts


def test_a_proxy_is_trusted_only_where_the_operator_says_so_and_https_without_one_is_remarked(settings):
    from tracker.checking import check_the_deployment

    assert settings.PROXIES == 0
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert "tracker.W006" in {found.id for found in check_the_deployment(None)}
    settings.PROXIES = 1
    assert "tracker.W006" not in {found.id for found in check_the_deployment(None)}


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_reset_password", "account_set_password"])
def test_what_we_do_not_use_has_no_address(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_passkeys_can_be_added(client, erin):
    sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": PHRASE})
    page = client.get(reverse("mfa_add_webauthn"))
    assert page.status_code == 200
    assert "webauthn" in page.content.decode()


def test_where_it_is_optional_a_first_run_needs_no_phone(client, erin, settings):
    settings.STAFF_SECOND_FACTOR = "optional"
    sign_in(client)
    assert client.get("/admin/").status_code == 200


TRY_THE_CODE = """
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from axes.models import AccessAttempt
from django.contrib.auth.models import Group, User

secret = "JBSWY3DPEHPK3PXP"
auth.validate_totp_code = lambda secret, code: code == "123456"
erin = User.objects.get_or_create(username="erin")[0]
app = Authenticator.objects.filter(user=erin).first() or auth.TOTP.activate(erin, secret).instance
print("taken" if auth.TOTP(app).validate_code("123456") else "refused")
"""


@pytest.mark.slow
def test_a_code_that_one_process_took_is_spent_for_all(tmp_path):
    assert processes.manage("migrate", "-v0", var=tmp_path).returncode == 0
    said = [processes.manage("shell", "-v0", "-c", TRY_THE_CODE, var=tmp_path).stdout.split() for _ in range(2)]
    assert [words[-1] for words in said] == ["taken", "refused"]
