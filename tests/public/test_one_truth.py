"""Page, JSON, CSV, API, feed and drawing never differ: compared over random records."""

import csv
import io
import json
import re
from collections import Counter
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commitments.public import dating
from commitments.status import Status
from tests.record import builders

STATUSES = ("in_progress", "not_started", "stalled", "met", "on_track", "off_track", "unclear", "not_met")
ATOM = "{http://www.w3.org/2005/Atom}"
TITLES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=60)
DUE = st.none() | st.dates(date(2025, 8, 1), date(2035, 12, 31))
TURNS = st.lists(st.sampled_from(STATUSES), max_size=3)
RECORDS = st.lists(st.tuples(TITLES.filter(str.strip), DUE, TURNS), max_size=4)
DETAILS = {
    "unclear": {"unclear_reason": "undefined_term", "settled_by": "A definition."},
    "not_met": {"outcome_reason": "expired"},
}


def enter(title: str, due_on: date | None, turns: list[str]):
    made = builders.commitment(title=title.strip(), due_on=due_on, due_precision="day" if due_on else "")
    for number, status in enumerate(turns):
        if status in ("on_track", "off_track") and due_on is None:
            continue
        on = date(2025, 8, 1) + timedelta(days=20 * number)
        proof = builders.evidence(made, published_on=on)
        made.change_status(
            status,
            reason=f"Reason {number}.",
            evidence=[proof],
            by=builders.person("Ada"),
            approved_by=builders.person("Ben"),
            effective_on=on,
            now=builders.NOW,
            **DETAILS.get(status, {}),
        )
    return made


def told_by_page(client: Client) -> dict[str, tuple[str, str]]:
    """Reference to status label and due text, read out of the table of the home page."""
    page = client.get("/").content.decode()
    rows = re.findall(r'<td class="ref">(.*?)</td>(.*?)</tr>', page, re.S)
    label = re.compile(r'class="status s-(\w+)"')
    due = re.compile(r'data-label="Due">([^<]*)')
    return {ref: (label.search(cells).group(1), due.search(cells).group(1).strip()) for ref, cells in rows}


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RECORDS)
def test_every_format_tells_the_same(client: Client, records) -> None:
    from commitments.models import Commitment

    Commitment.objects.published().update(life="withdrawn")  # what earlier examples entered
    entered = [enter(*record) for record in records]
    page = told_by_page(client)
    by_json = {row["ref"]: row for row in json.loads(client.get("/index.json").content)["commitments"]}
    text = client.get("/index.csv").content.decode()
    by_csv = {row["ref"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
    by_api = {row["ref"]: row for row in json.loads(client.get("/api/v1/commitments").content)["data"]}
    assert set(page) == set(by_json) == set(by_csv) == set(by_api) == {c.ref for c in entered}
    for ref, (status, due) in page.items():
        assert status == by_json[ref]["status"] == by_csv[ref]["status"]
        assert by_json[ref] == by_api[ref]
        on = by_json[ref]["due_on"]
        assert (by_csv[ref]["due_on"] or None) == on
        assert due == dating.due(date.fromisoformat(on) if on else None, "day")
    assert _drawn(client) == Counter(Status(status).label for status, _ in page.values())
    assert _fed(client) == {
        c.slug: Status(by_json[c.ref]["status"]).label for c in entered if c.status_changes.exists()
    }


def _drawn(client: Client) -> Counter[str]:
    """What the status bar says, by its accessible name."""
    page = client.get("/").content.decode()
    name = re.search(r'class="chart bar" [^>]*aria-label="([^"]*)"', page)
    parts = [part.rsplit(": ", 1) for part in name.group(1).split(", ")] if name and ":" in name.group(1) else []
    return Counter({label: int(count) for label, count in parts})


def _fed(client: Client) -> dict[str, str]:
    """Slug to the label of its newest entry in the feed of the list."""
    feed = ElementTree.fromstring(client.get("/index.atom").content)
    newest: dict[str, str] = {}
    for entry in feed.iter(f"{ATOM}entry"):
        slug = re.search(r"/c/([^/]+)/", entry.find(f"{ATOM}link").get("href")).group(1)
        newest.setdefault(slug, entry.findall(f"{ATOM}category")[1].get("label"))
    return newest


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.decimals(0, 10**6, places=2), min_size=1, max_size=5, unique=True),
    st.decimals(1, 10**6, places=2),
)
def test_page_json_and_csv_give_the_same_measurements(client: Client, values, goal) -> None:
    from commitments.models import Series

    made = builders.commitment(due_on=date(2030, 12, 31), due_precision="day")
    series = Series.objects.create(
        ref=f"s-{made.pk}", commitment=made, title="Things", unit="things", baseline=0, goal=goal
    )
    for number, value in enumerate(values):
        series.measurements.create(on=date(2025, 8, 1) + timedelta(days=number), value=value)
    [line] = json.loads(client.get(f"/c/{made.slug}.json").content)["series"]
    text = client.get(f"/charts/trajectory.csv?series={series.ref}").content.decode()
    by_csv = [float(row["Value"]) for row in csv.DictReader(io.StringIO(text, newline=""))]
    page = client.get(f"/c/{made.slug}/").content.decode()
    table = page[page.index(f'id="series-{series.ref}"') :]
    by_page = [float(cell) for cell in re.findall(r"<td>\d{4}-\d\d-\d\d</td><td>([\d.]+)</td>", table)]
    assert [point["value"] for point in line["points"]] == by_csv == by_page == [float(value) for value in values]
