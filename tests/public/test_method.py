"""The method page cannot drift from the code that it describes."""

import inspect
import re

import pytest
from django.test import Client

from commitments import flags, rules
from commitments.public import explaining
from commitments.status import SCALE, Status

pytestmark = pytest.mark.django_db


def test_every_status_stands_there_with_its_meaning(client: Client) -> None:
    page = client.get("/method/").content.decode().replace("&#x27;", "'")
    for status in Status:
        assert status.label in page
        assert SCALE[status].meaning in page


def test_every_evidence_rule_of_the_code_is_printed() -> None:
    named = set(re.findall(r'Refusal\(\s*"(\w+)"', inspect.getsource(rules)))
    assert named == set(explaining.refusals())


def test_every_flag_is_explained() -> None:
    assert [term.code for term in explaining.flag_terms()] == list(flags.FLAG_LABELS)
