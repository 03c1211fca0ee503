"""U+0000 is refused with 400 wherever it stands, on both databases; files and signed reports may hold any byte."""

import pytest
from django.contrib.auth.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
JSON = "application/json"


@pytest.mark.parametrize(
    "address",
    ["/%00", "/c/a%00b/", "/?q=%00", "/owners/%00/", "/api/v1/commitments?q=a%00", "/digest/manage/%00/", "/?%00=a"],
)
def test_no_address_and_no_question_may_hold_it(client, address):
    answer = client.get(address)
    assert answer.status_code == 400
    if address.startswith("/api/"):
        assert answer.json()["error"]["code"] == "bad_request"
        assert answer["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/staff/account/login/", "login"),
        ("/digest/", "email"),
        ("/contact/", "about"),
        ("/staff/triage/merge/", "into"),
    ],
)
def test_no_form_may_hold_it(client, address, field):
    client.force_login(User.objects.create_superuser("root"))
    body = f"{field}=a%00b&a%00=b"
    assert client.post(address, body, content_type="application/x-www-form-urlencoded").status_code == 400
    if address.startswith("/staff/"):
        assert client.post(address, {field: "a\0b"}).status_code == 400  # in parts, as forms with files are sent


def test_a_percent_sign_that_spells_it_is_only_text(client):
    assert client.get("/?q=%2500").status_code == 200


def test_bodies_that_are_read_whole_reach_their_readers_unread(client, settings):
    settings.MAIL_REPORTS_SECRET = "a-secret"
    assert (
        client.post("/monitoring/push/unknown/", b"\0", content_type="multipart/form-data; boundary=x").status_code
        == 410
    )
    assert client.post("/digest/reports/", b'"\0"', content_type=JSON).status_code == 400
