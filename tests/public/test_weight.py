"""The style sheet goes out compressed without `collectstatic`, so that a page with its fonts stays light."""

import gzip
import html
import re
from datetime import date

import pytest
from django.core.management import call_command
from django.test import Client

from bench.serving import SHARED, WEIGHT_MOST
from commitments.models import Commitment
from commitments.public import presenting
from commitments.public.views import pages
from tests.record import builders

ADDRESSES = (
    *("/", "/?sort=due", "/agreements/uk-openai-mou-2025/", "/owners/openai/", "/sectors/compute/", "/agreements/"),
    *("/owners/", "/sectors/", "/changes/", "/corrections/", "/calendar/", "/method/", "/data/", "/about/"),
    *("/accessibility/", "/contact/", "/digest/", "/monitoring/", "/embed/c/compute-20x/"),
)


def test_the_style_sheet_is_sent_compressed_to_those_who_take_it(client: Client, settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path
    answer = client.get("/static/public/site.css", headers={"Accept-Encoding": "gzip"})
    assert (answer["Content-Encoding"], answer["Vary"]) == ("gzip", "Accept-Encoding")
    assert "Content-Encoding" not in client.get("/static/public/site.css", headers={"Accept-Encoding": ""})


@pytest.mark.django_db
def test_no_page_weighs_more_than_fifty_kilobytes(client: Client) -> None:
    """What a first-time reader is sent: the page, its style sheet, every font and the icon, headers and all."""
    call_command("seed", verbosity=0)
    fixed = sum(_sent(client, f"/static/public/{name}") for name in SHARED)
    promises = Commitment.objects.published()
    addresses = [*ADDRESSES, *(row.get_absolute_url() for row in promises)]
    assert len(promises) > 30
    weights = {path: fixed + _sent(client, path) for path in addresses}
    assert {path: weight for path, weight in weights.items() if weight > WEIGHT_MOST} == {}


def test_the_long_policies_travel_with_documents_alone(client: Client, settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path
    answers = {name: client.get(f"/static/public/{name}") for name in SHARED}
    assert [name for name, answer in answers.items() if "Permissions-Policy" in answer] == ["icon.svg"], (
        "opened by itself"
    )
    assert {answer["Content-Security-Policy"][:18] for answer in answers.values()} == {"default-src 'none'"}


@pytest.mark.django_db
def test_a_long_timeline_comes_in_pages_and_every_event_keeps_its_address(client: Client, monkeypatch) -> None:
    monkeypatch.setattr(presenting, "EVENTS_A_PAGE", 4)
    row = builders.commitment(title="A bigger office", slug="office")
    for number in range(9):
        url = f"https://news.example/{number}"
        builders.evidence(row, title=f"Report no. {number}", url=url, published_on=date(2025, 8, 1 + number))
    assert _walk(client, "/c/office/?page=1", r">Report no\. \d</a><a class") == 9
    assert _walk(client, "/c/office/?page=1&as_of=2026-11-25", r">Report no\. \d</a><a class") == 9
    newest, oldest = client.get("/c/office/"), client.get("/c/office/?page=3")
    assert (newest.context["sheet"].anchors & oldest.context["sheet"].anchors) == set()
    for link in row.evidence_links.select_related("evidence"):
        ref = link.evidence.ref
        page = client.get(f"/c/office/?event={ref}").content.decode()
        assert f'id="{ref}"' in page
        assert f'href="?event={ref}#{ref}"' in page
        assert (
            f'href="?as_of=2026-11-25&amp;event={ref}#{ref}"'
            in client.get(f"/c/office/?as_of=2026-11-25&event={ref}").content.decode()
        )
    assert client.get("/c/office/?event=gone").context["sheet"].number == 1
    assert client.get("/c/office/?page=0").status_code == 400


def _sent(client: Client, path: str) -> int:
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    headers = sum(len(name) + len(value) + len(": \r\n") for name, value in answer.items())
    body = (
        answer.getvalue()
        if answer.get("Content-Encoding") == "gzip" or answer.streaming
        else gzip.compress(answer.content, 6)
    )
    return headers + len(body)


@pytest.mark.django_db
def test_lists_come_in_pages_that_meet_and_stay_light(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages of a list hold each row once and work by links alone, however long the record grows."""
    monkeypatch.setattr(pages, "ROWS_A_PAGE", 4)
    monkeypatch.setattr(pages, "CHANGES_A_PAGE", 4)
    for number in range(10):
        row = builders.commitment(
            title=f"Promise no. {number:02}", due_on=date(2024 + number, 6, 30), due_precision="day"
        )
        row.revise({"statement": f"Reworded {number:02}."}, reason="Clearer.", by=None, now=builders.NOW)
    assert _walk(client, "/?sort=due", r"Promise no\. \d\d</a>\n<span") == 10
    assert _walk(client, "/calendar/?page=1", r"Promise no\. \d\d") == 10
    assert _walk(client, "/calendar/?page=1&as_of=2026-11-25", r"Promise no\. \d\d") == 10
    assert _walk(client, "/calendar/?year=2027", r"Promise no\. \d\d") == 1
    assert _walk(client, "/corrections/", r"Reworded \d\d") == 10
    opened = client.get("/calendar/").content.decode()
    assert "Page 1 of 3" in opened, "it opens where today is"
    assert client.get("/calendar.ics").content.count(b"BEGIN:VEVENT") == 10


def _walk(client: Client, address: str, each: str) -> int:
    """How many different rows the pages show, following “next” to the end; none twice."""
    path, found = address.split("?")[0], []
    while True:
        page = client.get(address).content.decode()
        found += re.findall(each, page)
        onward = re.search(r'<a rel="next" href="([^"]+)"', page)
        if not onward:
            assert len(found) == len(set(found)), address
            return len(found)
        address = path + html.unescape(onward[1]).split("#")[0]
