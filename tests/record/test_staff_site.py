"""What staff meet around the lists: the order of the rooms, headings in words, and why a list is empty."""

import html
import re

import pytest
from django.contrib.auth.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(User.objects.create_superuser("olivia", "", "a long pass phrase"))
    return client


def test_the_record_comes_first_and_signing_in_last(desk):
    page = html.unescape(desk.get("/admin/").content.decode())
    headings = re.findall(r'class="section" title="[^"]*">\s*([^<]+?)\s*</a>', page)
    assert headings == [
        "The record",
        "The front window",
        "The post room",
        "The watch",
        "Attempts to sign in",
        "People and roles",
        "Second factors",
        "Where staff are signed in",
    ]


def test_what_only_a_sign_in_makes_has_no_form_to_add_it(desk):
    assert desk.get("/admin/mfa/authenticator/add/").status_code == 403
    assert desk.get("/admin/usersessions/usersession/add/").status_code == 403


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("commitments/proposal", "waits here for a reviewer"),
        ("digests/letter", "None has gone out yet"),
        ("digests/delivery", "None has been due yet"),
        ("digests/subscriber", "Readers sign up on the public page"),
        ("digests/suppression", "Addresses that get no letter any more"),
        ("public/challenge", "Nobody has objected yet"),
        ("monitoring/decision", "Each answer given in triage"),
        ("monitoring/learnedweights", "What the ranking of suggestions learnt"),
        ("mfa/authenticator", "Nobody has set up an authenticator app"),
    ],
)
def test_an_empty_list_says_what_will_stand_there(desk, address, why):
    assert why in desk.get(f"/admin/{address}/").content.decode()
    assert why not in desk.get(f"/admin/{address}/?q=nothing").content.decode()
