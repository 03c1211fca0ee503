"""Where no cookie can hold a token, the browser says where a form came from; and every exemption gives its reason."""

import re
from pathlib import Path

import pytest

from commitments.digests.models import Confirmation
from commitments.origins import is_own
from tests.digests.builders import MONDAY, reader
from tests.digests.test_links import fill
from tests.security.test_walking import WITHOUT_SESSION

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
FOREIGN = [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
OURS = [{}, {"Origin": "http://testserver"}, {"Sec-Fetch-Site": "same-origin", "Origin": "null"}]


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_site_signs_nobody_up_and_presses_no_button(client, headers):
    rosa = reader()
    client.defaults |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    assert fill(client, "sam@example.org").status_code == 403
    assert client.post(f"/digest/confirm/{'0' * 64}/").status_code == 403
    assert client.post(f"/digest/manage/{rosa.manage_token(MONDAY)}/", {"action": "erase"}).status_code == 403
    assert client.post("/contact/", {"text": "x"}).status_code == 403
    assert not Confirmation.objects.exists()
    rosa.refresh_from_db()


@pytest.mark.parametrize("headers", OURS)
def test_our_own_pages_and_programs_without_a_cookie_are_let_in(client, headers):
    assert fill(client, "sam@example.org", headers=headers).status_code == 302
    assert Confirmation.objects.count() == 1


def test_letters_are_stopped_from_wherever_a_mail_program_stands(client):
    rosa = reader()
    where = f"/digest/unsubscribe/{rosa.unsubscribe_token}/"
    assert client.post(where, {"List-Unsubscribe": "One-Click"}, headers=FOREIGN[0]).status_code == 200
    rosa.refresh_from_db()
    assert rosa.state != "active"


def test_the_fetch_header_outweighs_the_origin_and_hosts_are_compared_whole():
    assert is_own(fetched_from="same-origin", origin="null", host="a.example")
    assert not is_own(fetched_from="same-site", origin="https://a.example", host="a.example")
    assert not is_own(fetched_from="", origin="https://a.example.evil.example", host="a.example")
    assert not is_own(fetched_from="", origin="https://a.example:444", host="a.example")


def test_every_exemption_stands_in_the_table_and_gives_its_reason_on_its_line():
    lines = [
        line
        for room in ("commitments", "monitoring", "tracker")
        for path in (ROOT / room).rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if re.match(r"@(csrf_exempt|own_forms_only)", line)
    ]
    assert len(lines) == len(WITHOUT_SESSION)
    assert [line for line in lines if len(line.partition("  # ")[2]) < 20] == []
