"""The record can be read as of any day, by when it was true and by when it was known."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commitments import as_of, auditing
from commitments.models import StatusChange
from tests.record.builders import NOW, commitment, evidence, person

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_a_late_discovery_counts_from_the_day_it_was_true_but_was_unknown_until_recorded():
    office = commitment()
    proof = [evidence(office)]
    common = dict(reason="Signed.", evidence=proof, by=person("erin"))
    office.change_status("in_progress", effective_on=date(2025, 8, 1), now=datetime(2025, 9, 1, tzinfo=UTC), **common)
    office.change_status("stalled", effective_on=date(2025, 10, 1), now=datetime(2026, 1, 9, tzinfo=UTC), **common)

    assert as_of.state(office, on=date(2025, 7, 31)) == as_of.UNRATED
    assert as_of.state(office, on=date(2025, 9, 30)).status == "in_progress"
    assert as_of.state(office, on=date(2025, 10, 1)).status == "stalled"
    assert as_of.state(office, on=date(2025, 12, 1), known_at=datetime(2025, 12, 1, tzinfo=UTC)).status == "in_progress"
    assert as_of.state(office, known_at=datetime(2025, 8, 15, tzinfo=UTC)) == as_of.UNRATED


def test_the_words_of_a_day_are_read_backwards_through_the_revisions():
    office = commitment(title="Office")
    for number, title in enumerate(["A bigger office", "A bigger London office"]):
        now = NOW + timedelta(days=number)
        office.revise({"title": title}, reason="Clearer.", by=person("erin"), now=now)
    assert as_of.words(office, known_at=NOW - timedelta(hours=1)) == {"title": "Office"}
    assert as_of.words(office, known_at=NOW) == {"title": "A bigger office"}
    assert as_of.words(office, known_at=NOW + timedelta(days=9)) == {}


MOVES = st.lists(
    st.tuples(st.sampled_from(["in_progress", "stalled", "not_started"]), st.integers(0, 30), st.booleans()), max_size=6
)


@given(histories=st.lists(MOVES, min_size=1, max_size=3), on=st.integers(0, 200), hours=st.integers(0, 20))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_whole_list_as_of_equals_each_history_replayed(histories, on, hours):
    """Through the real publishing code and database; the arithmetic alone has 500 examples in test_ledger."""
    opened, began = datetime(2026, 6, 1, tzinfo=UTC), date(2025, 7, 22)
    with transaction.atomic():
        expected = {}
        for moves in histories:
            row = commitment()
            expected[row.pk] = _play(row, moves, began, opened, began + timedelta(on), opened + timedelta(hours=hours))
        found = as_of.states(on=began + timedelta(on), known_at=opened + timedelta(hours=hours))
        assert {pk: found[pk].status if pk in found else None for pk in expected} == expected
        assert auditing.audit().problem == ""
        transaction.set_rollback(True)


def _play(row, moves, began, opened, on, known_at):
    proof, day, kept = [evidence(row)], 0, []
    for number, (status, days, correct) in enumerate(moves):
        last = StatusChange.objects.of([row.pk]).in_order().last() if correct else None
        day += 0 if last else days
        now = opened + timedelta(hours=number * 3)
        row.change_status(
            status,
            reason="So it was.",
            evidence=proof,
            by=person("erin"),
            effective_on=began + timedelta(day),
            now=now,
            corrects=last,
        )
        if now <= known_at:
            kept = kept[:-1] if last else kept
            kept.append((began + timedelta(day), status))
    return next((status for effective, status in reversed(kept) if effective <= on), None)
