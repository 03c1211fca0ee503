"""The list of promises: what it shows, what its filters choose, what it costs."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.models import Revision
from tests.record import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    """A rated promise with an owner, a sector, a deadline and evidence."""
    from commitments.models import Sector

    office = builders.commitment(title="A bigger office", due_on=date(2026, 12, 31), due_precision="year")
    office.sectors.add(Sector.objects.create(slug="jobs", name="Jobs"))
    lease = builders.evidence(office, title="Lease signed")
    office.change_status(
        "in_progress",
        reason="The lease is signed.",
        evidence=[lease],
        by=builders.person("Ada"),
        effective_on=date(2025, 8, 1),
        now=builders.NOW,
    )
    return office


def test_a_row_says_promise_owner_sector_status_deadline_and_last_change(client: Client, office) -> None:
    page = client.get("/").content.decode()
    for said in ("A bigger office", "OpenAI", "Jobs", "In progress", "end of 2026", "1 Aug 2025", "22 Jul 2025"):
        assert said in page, said


def test_drafts_are_not_shown(client: Client) -> None:
    builders.commitment(title="Secret plan", life="draft")
    assert "Secret plan" not in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("status=in_progress", True),
        ("status=met", False),
        ("band=open", True),
        ("owner=openai", True),
        ("owner=nobody", False),
        ("sector=jobs", True),
        ("agreement=memorandum", True),
        ("firmness=committed", False),
        ("flag=overdue", False),
        ("q=bigger+OFFICE", True),
        ("q=submarine", False),
    ],
)
def test_filters_in_the_address_choose_rows(client: Client, office, query: str, shown: bool) -> None:
    page = client.get(f"/?{query}").content.decode()
    table = page[page.index('id="promises"') : page.index('id="over-time"')]
    assert ("A bigger office" in table) is shown


def test_the_record_can_be_read_as_of_a_day(client: Client, office) -> None:
    before = client.get("/?as_of=2025-07-30").content.decode()
    assert "Not yet rated" in before
    assert "In progress" not in before
    assert "30 July 2025" in before
    assert f'href="{office.get_absolute_url()}?as_of=2025-07-30"' in before


def test_a_promise_not_yet_made_is_not_in_an_earlier_record(client: Client, office) -> None:
    assert "A bigger office" not in client.get("/?as_of=2025-07-20").content.decode()


@pytest.mark.parametrize("day", ["yesterday", "2999-01-01", "1066-10-14", "2026-02-30"])
def test_a_day_that_cannot_be_is_refused_in_plain_words(client: Client, day: str) -> None:
    answer = client.get("/", {"as_of": day})
    assert answer.status_code == 400
    assert "as_of" in answer.content.decode()


def test_the_number_of_queries_does_not_grow_with_the_record(
    client: Client, office, django_assert_max_num_queries
) -> None:
    for _ in range(30):
        builders.evidence(builders.commitment())
    with django_assert_max_num_queries(12):
        client.get("/")


@pytest.mark.django_db(transaction=True)
def test_a_past_day_costs_no_more_queries_however_much_changed_since(client: Client, office, settings) -> None:
    """Every kind of edit since that day: words, owners, sectors, agreement, on rated and on withdrawn promises."""
    rows = [builders.commitment() for _ in range(5)]
    for row in (office, *rows):
        builders.evidence(row)
        for subject in ("title", "owners", "sectors", "agreement"):
            told = {"subject": subject, "before": "Something else", "after": "", "reason": "Wrong."}
            Revision.objects.record(row, **told, by=None, now=builders.NOW)
    rows[0].withdraw(reason="Entered twice.", now=builders.NOW)
    day = office.status_changes.get().effective_on
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/", {"as_of": day}).content.decode()
    assert "Something else" in page
    assert len(asked) <= 12, [query["sql"][:120] for query in asked]


def test_an_empty_record_still_has_a_page(client: Client) -> None:
    page = client.get("/").content.decode()
    assert "0 promises" in page
