"""An unchanged page costs next to nothing, a publish shows at once, and the page survives its database."""

from datetime import date

import pytest
from django.db import OperationalError
from django.test import Client

from commitments.public import caching, versioning
from tests.record import builders

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_unchanged_page_is_not_sent_twice(client: Client) -> None:
    builders.commitment()
    first = client.get("/")
    again = client.get("/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]


def test_a_kept_page_costs_one_query(client: Client, django_assert_num_queries) -> None:
    builders.commitment()
    client.get("/")
    with django_assert_num_queries(1):
        client.get("/")


def test_a_burst_of_readers_asks_the_database_once(
    client: Client, django_assert_num_queries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caching, "TRUSTED_SECONDS", 60)
    office = builders.commitment(title="A bigger office")
    before = client.get("/")
    client.get("/")
    with django_assert_num_queries(0):
        again = [client.get("/"), client.get("/", headers={"If-None-Match": before["ETag"]})]
    assert [answer.status_code for answer in again] == [200, 304]
    assert again[0].content == before.content
    told, told_before = ({**answer.headers, "X-Request-ID": "one each"} for answer in (again[0], before))
    assert told == told_before
    office.revise({"title": "A larger office"}, reason="Clearer.", by=builders.person("Ada"), now=builders.NOW)
    assert "A larger office" in client.get("/").content.decode()


def test_a_kept_page_is_not_given_under_a_strange_name(client: Client) -> None:
    assert client.get("/").status_code == 200
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_a_publish_shows_at_once(client: Client) -> None:
    office = builders.commitment(title="A bigger office")
    before = client.get("/")
    lease = builders.evidence(office)
    office.change_status(
        "in_progress",
        reason="The lease is signed.",
        evidence=[lease],
        by=builders.person("Ada"),
        effective_on=date(2025, 8, 1),
        now=builders.NOW,
    )
    after = client.get("/", headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert "1 Aug 2025" in after.content.decode()


def test_an_edit_of_words_shows_at_once(client: Client) -> None:
    office = builders.commitment(title="A bigger office")
    client.get(office.get_absolute_url())
    office.revise({"title": "A larger office"}, reason="Clearer.", by=builders.person("Ada"), now=builders.NOW)
    assert "A larger office" in client.get(office.get_absolute_url()).content.decode()


def test_the_last_copy_is_shown_while_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    office = builders.commitment(title="A bigger office")
    client.get(office.get_absolute_url())

    def away() -> str:
        raise OperationalError("the database is away")

    monkeypatch.setattr(versioning, "current", away)
    answer = client.get(office.get_absolute_url())
    assert answer.status_code == 200
    assert "A bigger office" in answer.content.decode()
    assert "may be out of date" in answer.content.decode()
    assert answer["Warning"].startswith("110")
    assert client.get("/method/?never=read").status_code == 503


def test_a_reader_who_takes_gzip_gets_it(client: Client) -> None:
    answer = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]


def test_the_shelf_throws_out_the_page_longest_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "MOST_PAGES", 2)
    shelf = caching.Shelf()
    page = caching.Kept("1", b"body", b"", (), 0.0, "today")
    for key in ("a", "b"):
        shelf.put(key, page)
    shelf.get("a")
    shelf.put("c", page)
    assert list(shelf.pages) == ["a", "c"]
    assert shelf.bytes == 2 * len(b"body")


@pytest.mark.parametrize("address", ["/", "/changes/", "/method/", "/contact/", "/embed/c/office/", "/api/v1/"])
def test_public_pages_set_no_cookie(client: Client, address: str) -> None:
    builders.commitment(slug="office")
    assert not client.get(address).cookies
