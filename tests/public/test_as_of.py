"""`?as_of=` shows the whole record of a day: words, owners, dates, criteria and disagreements, not only statuses."""

import json
import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from commitments.models import Commitment, Conflict, Criterion, Organisation, Reading, Revision, SourceDocument, Wording
from tests.record import builders

pytestmark = pytest.mark.django_db
DAY = "?as_of=2026-11-10"
EDITED = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def office() -> Commitment:
    """A promise that read otherwise on 10 November 2026."""
    row = builders.commitment(slug="office", title="A small office", due_on=date(2026, 12, 31), due_precision="year")
    met = Criterion.objects.create(commitment=row, kind="met_if", text="A lease for 50 desks.")
    said = document("memorandum", date(2025, 7, 21))
    later = document("broadsheet", date(2026, 11, 15))
    for source in (said, later):
        Wording.objects.create(
            commitment=row, document=source, paraphrase=f"As {source.ref} put it", firmness="intended"
        )
    conflict = Conflict.objects.create(commitment=row, point="How many desks", detail="They differ.")
    for source in (said, later):
        Reading.objects.create(conflict=conflict, document=source, value="some")
    ada = builders.person("Ada")
    row.revise({"title": "A big office", "due_on": date(2028, 12, 31)}, reason="New plan.", by=ada, now=EDITED)
    edit(row, "owners", "OpenAI", "Arm, Ltd, OpenAI")
    row.owners.add(Organisation.objects.create(slug="arm-ltd", name="Arm, Ltd"))
    edit(row, f"criterion {met.pk}", "text: A lease for 5 desks.", str(met))
    new = Criterion.objects.create(commitment=row, kind="we_would_need", text="A floor plan.")
    edit(row, f"criterion {new.pk}", "", str(new))
    edit(row, "criterion", "Not met if The office closes.", "")
    return row


def document(ref: str, on: date) -> SourceDocument:
    return SourceDocument.objects.create(ref=ref, kind="primary", title=ref.title(), published_on=on)


def edit(row: Commitment, subject: str, before: str, after: str) -> None:
    Revision.objects.record(row, subject=subject, before=before, after=after, reason="Clearer.", by=None, now=EDITED)


@pytest.mark.parametrize("address", ["/c/office/", "/", "/calendar/", "/index.csv", "/index.json", "/calendar.ics",
                                     "/c/office.json", "/data/commitments.csv", "/embed/c/office/"])  # fmt: skip
def test_titles_are_those_of_the_day(client: Client, office: Commitment, address: str) -> None:
    assert "A small office" in client.get(address + DAY).content.decode()
    assert "A big office" not in client.get(address + DAY).content.decode()
    assert "A big office" in client.get(address).content.decode()


def test_the_page_of_a_promise_is_wholly_that_of_the_day(client: Client, office: Commitment) -> None:
    then = json.loads(client.get(f"/c/office.json{DAY}").content)
    now = json.loads(client.get("/c/office.json").content)
    assert (then["due_on"], now["due_on"]) == ("2026-12-31", "2028-12-31")
    assert (then["owners"], len(now["owners"])) == (["openai"], 2)
    assert then["criteria"] == {"Met if": ["A lease for 5 desks."], "Not met if": ["The office closes."]}
    assert now["criteria"] == {"Met if": ["A lease for 50 desks."], "We would need": ["A floor plan."]}
    assert [said["document"] for said in then["wordings"]] == ["Memorandum"]
    assert (len(then["disputes"]), len(now["disputes"])) == (0, 1)
    assert ("contested" in then["flags"], "contested" in now["flags"]) == (False, True)
    assert (len(then["edits"]), len(now["edits"])) == (0, 6)


def test_owners_find_their_promises_as_of_the_day(client: Client, office: Commitment) -> None:
    assert "A big office" in client.get("/?owner=arm-ltd").content.decode()
    assert "0 of 1 promises" in client.get(f"/{DAY}&owner=arm-ltd").content.decode()


def test_the_ledger_of_a_day_holds_what_had_taken_effect(client: Client, office: Commitment) -> None:
    lease = builders.evidence(office)
    office.change_status("in_progress", reason="The lease is signed.", evidence=[lease], by=builders.person("Ada"),
                         effective_on=date(2025, 8, 1), now=builders.NOW)  # fmt: skip
    for day, count in (("2025-07-31", 0), ("2025-08-01", 1)):
        answer = client.get(f"/ledger.jsonl?as_of={day}")
        assert len(b"".join(answer.streaming_content).splitlines()) == count
    assert client.get("/ledger.jsonl?as_of=never").status_code == 400


def test_links_stay_on_the_day(client: Client, office: Commitment) -> None:
    """Every link to something that has a past carries the day; only the way back to today does not."""
    timeless = ("/digest/", "/monitoring/", "/contact/", "/api/v1/", "/static/", "/oembed")
    for path in ("/", "/c/office/", "/owners/openai/", "/changes/", "/corrections/", "/calendar/", "/data/"):
        page = client.get(path + DAY).content.decode()
        assert "The record as of 10 November 2026." in page
        lost = {link for link in re.findall(r'href="(/[^"]*)"', page) if "as_of" not in link}
        assert {link for link in lost if not link.startswith(timeless) and link != path} == set(), path


def test_a_promise_not_yet_made_says_so(client: Client, office: Commitment) -> None:
    assert "had not been made yet" in client.get("/c/office/?as_of=2025-07-01").content.decode()
