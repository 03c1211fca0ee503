"""The same address in other formats: same rows, same filters, same day."""

import csv
import io
import json
from datetime import date
from xml.etree import ElementTree

import icalendar
import pytest
from django.test import Client

from commitments.public import exporting, scheduling
from tests.record import builders

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def office():
    office = builders.commitment(
        title="A bigger office", slug="office", due_on=date(2026, 12, 31), due_precision="year"
    )
    lease = builders.evidence(office, title="Lease signed")
    office.change_status(
        "in_progress",
        reason="The lease is signed; <b>&</b> the =rent agreed.",
        evidence=[lease],
        by=builders.person("Ada"),
        effective_on=date(2025, 8, 1),
        now=builders.NOW,
    )
    return office


def rows_of(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


def test_json_csv_and_page_give_the_same_status(client: Client, office) -> None:
    [record] = json.loads(client.get("/index.json").content)["commitments"]
    [row] = rows_of(client.get("/index.csv"))
    assert record["status"] == row["status"] == "in_progress"
    assert record["status_since"] == row["status_since"] == "2025-08-01"
    assert row["owners"] == "openai"


@pytest.mark.parametrize("base", ["/index", "/agreements/memorandum", "/owners/openai"])
def test_filters_and_the_day_carry_over(client: Client, office, base: str) -> None:
    assert len(rows_of(client.get(f"{base}.csv?status=in_progress"))) == 1
    assert rows_of(client.get(f"{base}.csv?status=met")) == []
    [before] = json.loads(client.get(f"{base}.json?as_of=2025-07-30").content)["commitments"]
    assert before["status"] == "not_yet_rated"


def test_the_commitment_has_its_own_downloads(client: Client, office) -> None:
    whole = json.loads(client.get("/c/office.json").content)
    assert [change["status"] for change in whole["changes"]] == ["in_progress"]
    assert whole["evidence"][0]["title"] == "Lease signed"
    events = rows_of(client.get("/c/office.csv"))
    assert [event["event"] for event in events] == ["change", "action", "made"]
    assert events[0]["permalink"].endswith(
        "/c/office/?event=change-{0}#change-{0}".format(whole["changes"][0]["sequence"])
    )


def test_atom_entries_have_stable_ids_and_name_their_kind(client: Client, office) -> None:
    first = office.status_changes.get()
    office.change_status(
        "not_started",
        reason="It was another lease.",
        evidence=[office.evidence.first()],
        by=builders.person("Ada"),
        effective_on=date(2025, 8, 1),
        corrects=first,
        now=builders.NOW,
    )
    feed = ElementTree.fromstring(client.get("/changes.atom").content)
    entries = feed.findall("a:entry", ATOM)
    assert [e.find("a:category", ATOM).get("term") for e in entries] == ["correction", "initial"]
    assert len({e.findtext("a:id", namespaces=ATOM) for e in entries}) == 2
    assert all(e.findtext("a:id", namespaces=ATOM).startswith("tag:") for e in entries)
    assert "<b>&</b>" in entries[1].findtext("a:summary", namespaces=ATOM)
    for needed in ("id", "title", "updated", "author/a:name"):
        assert feed.find(f"a:{needed}", ATOM) is not None
    only = ElementTree.fromstring(client.get("/corrections.atom").content)
    assert len(only.findall("a:entry", ATOM)) == 1


def test_a_long_feed_leads_to_its_older_part(client: Client, office, monkeypatch: pytest.MonkeyPatch) -> None:
    from commitments.public.views import data

    monkeypatch.setattr(data, "FEED_LENGTH", 1)
    lease = office.evidence.first()
    office.change_status(
        "in_progress", reason="Still.", evidence=[lease], by=builders.person("Ada"),
        effective_on=date(2025, 8, 3), now=builders.NOW,
    )  # fmt: skip
    newest = json.loads(client.get("/changes.feed.json").content)
    assert newest["version"] == "https://jsonfeed.org/version/1.1"
    older = newest["next_url"].removeprefix("http://127.0.0.1:8000")
    [item] = json.loads(client.get(older).content)["items"]
    assert item["id"] != newest["items"][0]["id"]


def test_the_calendar_survives_a_round_trip(client: Client, office) -> None:
    calendar = icalendar.Calendar.from_ical(client.get("/calendar.ics").content)
    [event] = calendar.walk("VEVENT")
    assert event["UID"] == f"{office.ref}@127.0.0.1"
    assert event.decoded("DTSTART") == date(2026, 12, 31)
    assert event["SUMMARY"] == "Due: A bigger office"
    before = int(event["SEQUENCE"])
    office.revise({"due_on": date(2027, 3, 31)}, reason="Moved.", by=builders.person("Ada"), now=builders.NOW)
    [moved] = icalendar.Calendar.from_ical(client.get("/calendar.ics").content).walk("VEVENT")
    assert moved["UID"] == event["UID"]
    assert int(moved["SEQUENCE"]) > before
    assert moved.decoded("DTSTART") == date(2027, 3, 31)


def test_a_withdrawn_deadline_is_cancelled_not_forgotten(client: Client, office) -> None:
    office.withdraw(reason="Entered twice.", now=builders.NOW)
    [event] = icalendar.Calendar.from_ical(client.get("/calendar.ics").content).walk("VEVENT")
    assert event["STATUS"] == "CANCELLED"


def test_calendar_lines_are_folded_between_characters() -> None:
    pieces = list(scheduling.fold("SUMMARY:" + "Donaudampfschifffahrtsgesellschaft für Größe " * 5))
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == (
        "SUMMARY:" + "Donaudampfschifffahrtsgesellschaft für Größe " * 5
    )


@pytest.mark.parametrize("cell", ["=1+1", "+44", "-2+3", "@SUM(A1)", "\tx", "\r=1"])
def test_no_cell_can_act_as_a_formula(cell: str) -> None:
    assert exporting.cell(cell).startswith("'")


@pytest.mark.parametrize("number", ["-2", "-2.5", "0", "17"])
def test_numbers_stay_numbers(number: str) -> None:
    assert exporting.cell(number) == number


def test_the_calendar_and_the_lists_of_parties_are_data_too(client: Client, office) -> None:
    due = json.loads(client.get("/calendar.json").content)["commitments"]
    assert [row["slug"] for row in due] == ["office"]
    assert [row["slug"] for row in rows_of(client.get(f"/calendar.csv?year={due[0]['due_on'][:4]}"))] == ["office"]
    assert rows_of(client.get("/calendar.csv?year=1999")) == []
    for kind in ("agreements", "owners", "sectors"):
        told = json.loads(client.get(f"/{kind}.json").content)[kind]
        assert [{name: str(value) for name, value in row.items()} for row in told] == rows_of(
            client.get(f"/{kind}.csv")
        )
        assert told == client.get(f"/api/v1/{kind}").json()["data"]
        assert client.get(f"/{kind}.ics").status_code == 404


def test_corrections_have_no_calendar(client: Client) -> None:
    assert client.get("/corrections.ics").status_code == 404


def test_a_withdrawn_record_answers_machines_with_its_reason(client: Client, office) -> None:
    office.withdraw(reason="Entered twice.", now=builders.NOW)
    answer = client.get("/c/office.json")
    assert answer.status_code == 410
    assert "Entered twice." in json.loads(answer.content)["error"]["message"]


def test_anybody_may_fetch_the_data(client: Client, office) -> None:
    for address in ("/index.json", "/index.csv", "/changes.atom", "/calendar.ics", "/ledger.jsonl"):
        assert client.get(address)["Access-Control-Allow-Origin"] == "*", address
