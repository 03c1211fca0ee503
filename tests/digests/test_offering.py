"""What the sign-up offers while the record is small, and when it has grown past what a list can show."""

import pytest
from django.utils import timezone

from commitments.digests import forms
from commitments.digests.models import Confirmation
from tests.digests.builders import reader
from tests.digests.test_signing_up import fill
from tests.record import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def promises(monkeypatch):
    monkeypatch.setattr(forms, "OFFERED_MOST", 3)
    return [builders.commitment(title=f"Promise no. {number}") for number in range(5)]


def test_of_many_promises_only_the_one_in_hand_is_offered_and_every_one_is_taken(client, promises):
    assert "Promise no." not in (page := client.get("/digest/").content.decode())
    assert forms.TOO_MANY in page
    page = client.get(f"/digest/?commitment={promises[3].slug}").content.decode()
    assert [row.title for row in promises if row.title in page] == ["Promise no. 3"]
    assert fill(client, "rosa@example.org", about=f"commitment:{promises[4].pk}").status_code == 302
    assert Confirmation.objects.get().target == promises[4].pk
    for odd in ("commitment:0", "commitment:" + "9" * 30, "commitment:x", "commitment:", "promise:1"):
        assert fill(client, "otto@example.org", about=odd).status_code == 200, odd


def test_who_follows_some_of_many_sees_those_and_may_let_them_go(client, promises):
    rosa = reader("rosa@example.org", "commitment", promises[1].pk)
    rosa.add_choice("weekly", "commitment", promises[2].pk)
    page = client.get(f"/digest/manage/{rosa.manage_token(timezone.now())}/").content.decode()
    assert [row.title for row in promises if row.title in page] == ["Promise no. 1", "Promise no. 2"]


def test_a_page_of_an_owner_a_sector_or_an_agreement_leads_to_letters_about_it(client):
    row = builders.commitment()
    owner = row.owners.get()
    assert f'value="owner:{owner.pk}" selected' in client.get(f"/digest/?owner={owner.slug}").content.decode()
    named = f"/digest/?agreement={row.agreement.slug}"
    assert named in client.get(f"/agreements/{row.agreement.slug}/").content.decode()
    assert f'value="agreement:{row.agreement.pk}" selected' in client.get(named).content.decode()
    assert 'value="everything:" selected' in client.get("/digest/?sector=nothing-of-the-kind").content.decode()
