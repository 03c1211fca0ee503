"""What a fallen sender or a clock that is set back leaves behind is taken up, once."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import transaction

from commitments.digests import marking, sending
from commitments.digests.models import Delivery, DigestRun
from tests.digests.builders import MONDAY, TUESDAY, news, reader
from tests.digests.test_sending import run_at
from tests.record.builders import commitment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.mark.parametrize(("state", "repeats"), [("claimed", 0), ("sending", 1)])
def test_a_fallen_senders_letters_are_taken_up_when_the_lease_ends(sink, state, repeats):
    news()
    reader()
    sending.start_run(MONDAY)
    Delivery.objects.update(state=state, attempt="gone", lease_until=MONDAY + marking.LEASE)
    assert sending.send_due(lambda: MONDAY + marking.LEASE / 2) == 0
    assert sending.send_due(lambda: MONDAY + marking.LEASE) == 1
    assert Delivery.objects.get().repeats == repeats


@pytest.mark.parametrize("last_run", [TUESDAY, TUESDAY + timedelta(hours=6)])
def test_a_clock_that_is_set_back_holds_up_no_alert(sink, last_run):
    """Whether or not a run was built while it was ahead."""
    rosa = reader()
    rosa.choose("weekly", [])
    rosa.add_choice("alert", "everything", None)
    ahead, behind = TUESDAY + timedelta(hours=6), TUESDAY + timedelta(hours=1)
    run_at(last_run)
    news(at=ahead + timedelta(minutes=1))
    assert run_at(behind) == 1
    news(of=commitment(slug="second", ref="T-2"), at=behind)
    assert run_at(behind + timedelta(minutes=1)) == 1
    assert run_at(behind + timedelta(minutes=2)) == 0
    runs = list(DigestRun.objects.alerts().order_by("pk"))
    assert all(before.ends_at == after.starts_at for before, after in pairwise(runs))


@pytest.mark.parametrize("state", ["due", "tried", "claimed", "sending"])
def test_letters_of_a_clock_that_is_set_back_leave_now(sink, state):
    """Written while it was a day ahead: a first or a later try, or a lease of a sender that then fell."""
    news()
    reader()
    ahead = MONDAY + timedelta(days=1)
    sending.start_run(ahead)
    row = Delivery.objects.get()
    if state == "tried":
        row.attempts, row.next_try_at = 1, ahead + timedelta(hours=4)
    elif state != "due":
        row.state, row.attempt, row.lease_until = state, "fallen", ahead + marking.LEASE
    row.save()
    assert sending.send_due(lambda: MONDAY) == 1
    assert Delivery.objects.get().state == "sent"
    assert Delivery.objects.get().repeats == (state == "sending")


def test_what_a_fallen_sender_left_is_taken_back_in_the_middle_of_a_long_round(sink, monkeypatch):
    """The round that is under way does it: it may be minutes until the next one begins."""
    news()
    for number in range(4):
        reader(f"r{number}@example.org")
    monkeypatch.setattr(sending, "BATCH", 1)
    monkeypatch.setattr(sending, "LARGEST_BATCH", 1)
    sending.start_run(MONDAY)
    with transaction.atomic():
        fallen = Delivery.objects.all().take("fallen", 1, MONDAY + timedelta(seconds=2))[0]
    seconds = iter(range(1_000))
    assert sending.send_due(lambda: MONDAY + timedelta(seconds=next(seconds))) == 4
    assert Delivery.objects.get(pk=fallen.pk).state == "sent"
