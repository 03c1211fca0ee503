"""Synthetic data is whole, repeatable, and never mixed with real data."""

import pytest
from django.core.management import CommandError, call_command

from commitments import auditing
from commitments.models import Commitment, Evidence, StatusChange
from monitoring.models import Item
from tests.record.builders import commitment

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_the_synthetic_ledger_verifies_and_can_be_added_to():
    call_command("generate_load", commitments=12, items=250, verbosity=0)
    call_command("generate_load", commitments=3, verbosity=0)
    assert (Commitment.objects.count(), Evidence.objects.count(), StatusChange.objects.count()) == (15, 150, 75)
    assert Item.objects.count() == 250
    assert (auditing.audit().rows, auditing.audit().problem) == (75, "")


def test_a_database_with_real_data_is_refused():
    commitment()
    with pytest.raises(CommandError, match="1 commitments"):
        call_command("generate_load", commitments=1, verbosity=0)
