"""A run costs what its distinct letters cost, not what its readers are many."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.digests import building, composing
from commitments.digests.models import Delivery, DigestRun, Letter, Subscriber
from tests.digests.builders import MONDAY, news, reader

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def readers(count: int) -> None:
    Subscriber.objects.bulk_create(
        Subscriber(
            email=f"r{number}@example.org",
            state="active",
            weekly_scope="everything",
            created_at=MONDAY,
            confirmed_at=MONDAY,
        )
        for number in range(count)
    )


def statements_for(count: int, monday) -> int:
    Subscriber.objects.all().delete()
    readers(count)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        run = building.build_weekly(monday)
    assert (run.total, run.deliveries.count()) == (count, count)
    return len(caught)


def test_ten_times_the_readers_cost_not_one_statement_more():
    row = news()
    few = statements_for(20, MONDAY)
    news(row, at=MONDAY + timedelta(days=1), status="stalled")
    assert statements_for(200, MONDAY + timedelta(days=7)) <= few


def test_scopes_with_the_same_news_share_one_rendering(monkeypatch):
    row = news()
    reader("rosa@example.org", "commitment", row.pk)
    reader("sam@example.org", "agreement", row.agreement_id)
    reader("tess@example.org")
    rendered = []
    compose = composing.compose
    monkeypatch.setattr(composing, "compose", lambda *args: rendered.append(args) or compose(*args))
    building.build_weekly(MONDAY)
    assert (len(rendered), Letter.objects.count(), Delivery.objects.count()) == (1, 3, 3)


def test_the_one_statement_leaves_out_who_left_paused_or_wants_no_quiet_letter():
    reader("quinn@example.org", wants_quiet_letter=True)
    reader("sam@example.org")
    gone = reader("tess@example.org", wants_quiet_letter=True)
    Subscriber.objects.filter(pk=gone.pk).update(paused=True)
    run = building.build_weekly(MONDAY)
    assert [row.subscriber.email for row in run.deliveries.select_related("subscriber")] == ["quinn@example.org"]
    assert DigestRun.objects.weekly().get().total == 1


def test_synthetic_readers_are_made_by_the_thousand_and_refused_beside_real_ones():
    call_command("generate_load", subscribers=1_500, verbosity=0)
    call_command("generate_load", subscribers=100, verbosity=0)
    assert Subscriber.objects.reachable().count() == 1_600
    reader()
    with pytest.raises(Exception, match="real data"):
        call_command("generate_load", subscribers=1, verbosity=0)
