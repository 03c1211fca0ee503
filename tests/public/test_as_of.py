"""`?as_of=` shows the whole record of a day: words, owners, dates, criteria and disagreements, not only statuses."""

import io
import json
import re
import zipfile
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from commitments.models import (
    Agreement,
    Commitment,
    Conflict,
    Criterion,
    Measurement,
    Organisation,
    Reading,
    Revision,
    Sector,
    Series,
    SourceDocument,
    Wording,
)
from tests.record import builders
from tests.record.test_roles import routes

pytestmark = pytest.mark.django_db
DAY = "?as_of=2026-11-10"
PARTIES = {"agreements": "memorandum", "owners": "openai", "sectors": "jobs"}
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


# Every address of the record, by the route that it is an example of: it differs from today's and holds nothing later.
TABLES = ("commitments", "changes", "evidence", "measurements", "wordings", "agreements")
FORMS = ("json", "csv", "atom", "feed.json", "ics")
OF_A_DAY = {
    "": ["/"],
    "index.<form:form>": [f"/index.{form}" for form in FORMS],
    "c/<slug:slug>/": ["/c/office/"],
    "c/<slug:slug>.<form:form>": [f"/c/office.{form}" for form in FORMS],
    **{f"{kind}/": [f"/{kind}/"] for kind in ("agreements", "owners", "sectors")},
    **{f"{kind}/<slug:slug>/": [f"/{kind}/{slug}/"] for kind, slug in PARTIES.items()},
    **{f"{kind}/<slug:slug>.<form:form>": [f"/{kind}/{slug}.{form}" for form in FORMS]
       for kind, slug in PARTIES.items()},
    "changes/": ["/changes/"],
    "changes.<form:form>": [f"/changes.{form}" for form in FORMS if form != "ics"],
    "corrections/": ["/corrections/"],
    "corrections.<form:form>": [f"/corrections.{form}" for form in FORMS if form != "ics"],
    "calendar/": ["/calendar/"],
    "calendar.<form:form>": [f"/calendar.{form}" for form in FORMS],
    **{f"{kind}.<form:form>": [f"/{kind}.{form}" for form in ("json", "csv")] for kind in PARTIES},
    "charts/<chart:name>.csv": [
        "/charts/status-over-time.csv", "/charts/activity.csv", "/charts/time-in-status.csv?slug=office",
        "/charts/trajectory.csv?series=desks",
    ],
    "c/<slug:slug>/card.png": ["/c/office/card.png"],
    "embed/c/<slug:slug>/": ["/embed/c/office/"],
    "embed/c/<slug:slug>.svg": ["/embed/c/office.svg"],
    "oembed": ["/oembed?url=http%3A%2F%2F127.0.0.1%3A8000%2Fc%2Foffice%2F"],
    "data/": ["/data/"],
    "data/record.zip": ["/data/record.zip"],
    "data/datapackage.json": ["/data/datapackage.json"],
    "data/<slug:name>.csv": [f"/data/{name}.csv" for name in TABLES],
    "ledger.jsonl": ["/ledger.jsonl"],
    **{f"api/v1/{name}": [f"/api/v1/{name}"] for name in ("commitments", "changes", *PARTIES)},
    "api/v1/commitments/<slug:slug>": ["/api/v1/commitments/office"],
}  # fmt: skip
NO_PAST = ("method/", "about/", "accessibility/", "contact/", "contact/thanks/", "api/v1/", "digest/", "monitoring/",
           "digest/archive/")  # fmt: skip
REFUSED = ("favicon.ico", "robots.txt", "sitemap.xml", "api/v1/openapi.json", "api/v1/ledger/head")
# No pages of the record: the desk, the health of the machine, doors that open to a token or a signature.
ELSEWHERE = ("admin/", "staff/", "healthz", "readyz", "statusz", "metrics", "monitoring/push/", "digest/", "^static",
             "api/v1/<anything:rest>", ".well-known/")  # fmt: skip
LATER = re.compile(r'big office|in progress|(?<!id="g-)in_progress|broadsheet|2026-11-1[2-9]|Nov 12', re.IGNORECASE)


@pytest.fixture
def moved_on(office: Commitment) -> Commitment:
    """After 10 November 2026 a status, evidence, a number, a sector's first promise and an agreement came."""
    ada = builders.person("Ada")
    before, after = (
        builders.evidence(office, title=title, published_on=on)
        for title, on in (("Lease read", date(2026, 11, 1)), ("Big office leased", date(2026, 11, 12)))
    )
    steps = [("not_started", before, date(2026, 11, 1), "Nothing yet."),
             ("in_progress", after, date(2026, 11, 12), "Big office leased.")]  # fmt: skip
    told = [office.change_status(status, reason=why, evidence=[proof], by=ada, effective_on=on, now=EDITED)
            for status, proof, on, why in steps]  # fmt: skip
    office.change_status("in_progress", reason="Big office, rightly.", evidence=[after], by=ada, corrects=told[-1],
                         effective_on=date(2026, 11, 12), now=EDITED)  # fmt: skip
    jobs = Sector.objects.create(slug="jobs", name="Jobs")
    office.sectors.add(jobs)
    late = Agreement.objects.create(slug="late", title="Big office pact", signed_on=date(2026, 11, 12))
    second = builders.commitment(slug="second", title="Second big office", made_on=date(2026, 11, 12), agreement=late)
    second.sectors.add(jobs)
    series = Series.objects.create(ref="desks", commitment=office, title="Desks", unit="desks", baseline=0, goal=50)
    for on, value in ((date(2026, 11, 1), 5), (date(2026, 11, 12), 20)):
        Measurement.objects.create(series=series, on=on, value=value, evidence=before)
    return office


def body(client: Client, address: str) -> bytes:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if not address.startswith("/data/record.zip"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return b"".join(packed.read(name) for name in packed.namelist())


def test_every_address_of_the_record_is_read_as_of_the_day(client: Client, moved_on: Commitment, settings) -> None:
    settings.SITE_URL = "http://127.0.0.1:8000"
    wrong = {}
    for address in (one for own in OF_A_DAY.values() for one in own):
        then = body(client, address + DAY.replace("?", "&" if "?" in address else "?"))
        later = LATER.findall(then.decode(errors="ignore")) if not address.endswith(".png") else []
        if then == body(client, address) or later:
            wrong[address] = later or "the same as today's"
    assert wrong == {}


def test_what_has_no_past_says_so(client: Client) -> None:
    for address in NO_PAST:
        assert "This page has no past." in client.get(f"/{address}{DAY}").content.decode(), address
        assert "This page has no past." not in client.get(f"/{address}").content.decode(), address
    for address in REFUSED:
        answer = client.get(f"/{address}{DAY}")
        assert answer.status_code == 400, address
        assert "is not offered here" in answer.content.decode(), address


def test_no_address_is_forgotten() -> None:
    known = {*OF_A_DAY, *NO_PAST, *REFUSED}
    assert [route for route in routes() if route not in known and not route.startswith(ELSEWHERE)] == []


def test_who_shares_a_past_day_shares_its_card(client: Client, moved_on: Commitment, settings) -> None:
    settings.SITE_URL = "http://127.0.0.1:8000"
    answer = client.get("/oembed", {"url": "http://127.0.0.1:8000/c/office/?as_of=2026-11-10"}).json()
    assert answer["title"] == "A small office: not started"
    assert "/embed/c/office/?as_of=2026-11-10" in answer["html"]
