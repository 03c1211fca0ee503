"""The read-only API: described, paged, open, and the same in its errors."""

import json
from datetime import date

import jsonschema
import pytest
from django.test import Client

from bench import calling
from commitments.public import describing
from tests.record import builders

pytestmark = pytest.mark.django_db
DESCRIPTION = describing.openapi(site="Test", site_url="http://127.0.0.1:8000")


def get(client: Client, address: str, status: int = 200):
    answer = client.get(f"/api/v1{address}")
    assert answer.status_code == status, answer.content
    assert answer["Access-Control-Allow-Origin"] == "*"
    return json.loads(answer.content)


def fits(name: str, value: object) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": DESCRIPTION["components"]}
    jsonschema.Draft202012Validator(schema).validate(value)


@pytest.fixture
def five():
    made = [builders.commitment() for _ in range(5)]
    for commitment in made:
        commitment.change_status(
            "in_progress",
            reason="It began.",
            evidence=[builders.evidence(commitment)],
            by=builders.person("Ada"),
            effective_on=date(2025, 8, 1),
            now=builders.NOW,
        )
    return made


@pytest.mark.parametrize("path", ["/commitments", "/changes"])
def test_the_pages_of_a_list_meet_without_gap_or_overlap(client: Client, five, path: str) -> None:
    whole = get(client, f"{path}?limit=200")["data"]
    pieces, cursor = [], ""
    while cursor is not None:
        answer = get(client, f"{path}?limit=2&cursor={cursor}")
        pieces += answer["data"]
        cursor = answer["next_cursor"]
    assert pieces == whole
    assert len(whole) == 5


def test_answers_fit_their_description(client: Client, five) -> None:
    for row in get(client, "/commitments")["data"]:
        fits("Commitment", row)
    for row in get(client, "/changes")["data"]:
        fits("Change", row)
    fits("WholeCommitment", get(client, f"/commitments/{five[0].slug}"))
    fits("Party", get(client, "/owners")["data"][0])
    fits("Head", get(client, "/ledger/head"))


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/commitments?status=splendid", 400, "bad_request"),
        ("/commitments?limit=0", 400, "bad_request"),
        ("/commitments?limit=many", 400, "bad_request"),
        ("/commitments?cursor=%C3%BC", 400, "bad_request"),
        ("/changes?cursor=AAAA", 400, "bad_request"),
        ("/commitments?as_of=soon", 400, "bad_request"),
        ("/commitments/nothing", 404, "not_found"),
        ("/nothing/at/all", 404, "not_found"),
        ("/commitments/%0A", 404, "not_found"),
    ],
)
def test_errors_have_one_shape(client: Client, address: str, status: int, code: str) -> None:
    problem = get(client, address, status)
    fits("Error", problem)
    assert problem["error"]["code"] == code


def test_it_only_reads(client: Client) -> None:
    answer = client.post("/api/v1/commitments")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD, OPTIONS"
    fits("Error", json.loads(answer.content))
    assert client.options("/api/v1/commitments").status_code == 204


def test_a_withdrawn_record_is_gone_with_its_reason(client: Client) -> None:
    office = builders.commitment()
    office.withdraw(reason="Entered twice.", now=builders.NOW)
    problem = get(client, f"/commitments/{office.slug}", 410)
    assert "Entered twice." in problem["error"]["message"]


def test_the_description_names_every_endpoint(client: Client) -> None:
    described = get(client, "/openapi.json")
    assert described["openapi"] == "3.1.0"
    page = client.get("/api/v1/").content.decode()
    for path in described["paths"]:
        assert f"/api/v1{path}" in page


@pytest.mark.django_db(transaction=True)
def test_nothing_is_answered_otherwise_than_described(live_server) -> None:
    """A seeded few hundred of the questions that `make fuzz` asks by the thousand."""
    office = builders.commitment(slug="office")
    builders.commitment(slug="gone").withdraw(reason="Entered twice.", now=builders.NOW)
    office.change_status(
        "in_progress",
        reason="It began.",
        evidence=[builders.evidence(office)],
        by=builders.person("Ada"),
        effective_on=date(2025, 8, 1),
        now=builders.NOW,
    )
    seen = calling.ask(calling.over_the_wire(f"{live_server.url}/api/v1"), DESCRIPTION, examples=300, seed=1)
    assert seen.total() >= 200
    assert set(seen) >= {200, 400, 404}
