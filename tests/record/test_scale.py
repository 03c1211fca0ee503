"""The admin's lists cost the same number of queries with ten records and with a hundred."""

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.record.builders import NOW, commitment, evidence, organisation

pytestmark = pytest.mark.django_db
LISTS = ("commitment", "evidence", "statuschange", "proposal", "revision", "series", "organisation", "conflict")


def fill(number):
    user = User.objects.get_or_create(username="erin")[0]
    for step in range(number):
        office = commitment(owners=[organisation(f"Firm {step % 7}")])
        proof = [evidence(office)]
        office.change_status(
            "in_progress", reason="Signed.", evidence=proof, by=user, effective_on=date(2025, 8, 1), now=NOW
        )
        office.propose_status(
            "in_progress", reason="Still so.", evidence=proof, by=user, effective_on=date(2025, 9, 1), now=NOW
        )
        office.revise({"title": f"Office {step}"}, reason="Renamed.", by=user, now=NOW)


def queries(client, name):
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(reverse(f"admin:commitments_{name}_changelist")).status_code == 200
    return len(caught)


def test_every_list_costs_a_constant_number_of_queries(client):
    client.force_login(User.objects.create_superuser("root"))
    fill(3)
    few = {name: queries(client, name) for name in LISTS}
    fill(30)
    many = {name: queries(client, name) for name in LISTS}
    assert many == few
    assert max(many.values()) < 25
