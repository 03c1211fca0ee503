"""How every address answers: HEAD like GET, compressed on the wire, read once a version."""

import csv
import gzip
import json

import pytest
from django.contrib.auth.models import User
from django.test import Client

from commitments.public import remembering
from tests.record import builders
from tests.record.test_roles import address, routes

pytestmark = pytest.mark.django_db
GZIP = {"Accept-Encoding": "gzip"}


def test_head_is_answered_wherever_get_is_and_without_a_body(client: Client) -> None:
    client.raise_request_exception = False
    refused = {}
    for route in dict.fromkeys(routes()):
        path = address(route)
        answer = client.head(path)
        sent = b"".join(answer) if answer.streaming else answer.content
        if sent or answer.status_code == 405 and client.get(path).status_code != 405:
            refused[path] = answer.status_code
    assert refused == {}


@pytest.mark.parametrize("path", ["/digest/", "/digest/archive/", "/monitoring/", "/no-such-page/"])
def test_what_is_not_kept_goes_out_compressed_too(client: Client, path: str) -> None:
    answer = client.get(path, headers=GZIP)
    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) < len(gzip.decompress(answer.content))
    assert "Accept-Encoding" in answer["Vary"]


def test_pages_for_somebody_signed_in_go_out_plain(client: Client) -> None:
    """Where a page knows a secret and repeats what was asked, its length would tell."""
    client.force_login(User.objects.create_superuser("erin"))
    assert "Content-Encoding" not in client.get("/admin/", headers=GZIP)


def test_a_ledger_that_the_reader_has_is_not_sent_again(client: Client) -> None:
    builders.commitment()
    tag = client.get("/ledger.jsonl", headers=GZIP)["ETag"]
    assert client.get("/ledger.jsonl", headers={**GZIP, "If-None-Match": tag}).status_code == 304


@pytest.mark.django_db(transaction=True)
def test_pages_of_one_version_read_the_rows_once_and_a_change_shows_at_once(client: Client, monkeypatch) -> None:
    remembering.forget()
    one = builders.commitment(title="A small office")
    client.get("/")
    monkeypatch.setattr("commitments.public.listing._records", None)
    assert "A small office" in client.get("/?sort=title").content.decode(), "no second reading"
    monkeypatch.undo()
    one.revise({"title": "A big office"}, reason="Wrong.", by=None, now=builders.NOW)
    assert "A big office" in client.get("/?sort=title").content.decode()


def test_the_data_page_counts_what_the_tables_hold(client: Client) -> None:
    for _ in range(3):
        builders.evidence(builders.commitment())
    for day in ("", "?as_of=2026-04-01"):
        page = client.get(f"/data/{day}").content.decode()
        for resource in json.loads(client.get(f"/data/datapackage.json{day}").content)["resources"]:
            lines = client.get(f"/data/{resource['path']}{day}").content.decode()
            rows = len(list(csv.reader(lines.splitlines(keepends=True)))) - 1
            assert f'{resource["title"]}</td><td class="num" data-label="Rows">{rows}</td>' in page, (
                day,
                resource["name"],
            )
