"""When two entries are one item."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

import pytest

from commitments.addresses import canonical_link
from monitoring.identities import folded, of_entry, sane_date
from monitoring.parsing import Entry

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "twin",
    [
        "http://www.example.com/a/b",
        "https://example.com/a/b/",
        "https://example.com:443/a/b?utm_source=rss&utm_medium=feed",
        "https://www.example.com/a/b?at_medium=RSS&at_campaign=KARANGA#comments",
        "https://EXAMPLE.com/a/b?CMP=Share",
    ],
)
def test_twins_of_a_link_are_one(twin: str) -> None:
    assert canonical_link(twin) == "example.com/a/b"


@pytest.mark.parametrize(
    "query", ["id=1&page=2", "a=&b=c", "b", "q=a+b", "q=%C3%A9&x=1", "utm_a=1&q=a/b", "utm_a=1", "a=1&&b=2", "é=1"]
)
def test_the_short_way_through_a_query_comes_to_the_same(query: str) -> None:
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if not name.startswith("utm_")]
    expected = f"x.example/a?{urlencode(kept)}" if kept else "x.example/a"
    assert canonical_link(f"https://x.example/a?{query}") == expected


def test_what_tells_pages_apart_stays() -> None:
    assert canonical_link("https://x.example/a?id=1&utm_a=b") == "x.example/a?id=1"
    assert canonical_link("https://x.example:8080/a") == "x.example:8080/a"
    assert canonical_link("https://x.example/#!/page") != canonical_link("https://x.example/")
    assert canonical_link("") == ""


def test_the_id_comes_first_then_the_link_then_title_and_date() -> None:
    full = Entry(guid="g", link="https://x.example/a", title="T", html="")
    assert of_entry(full).uid != of_entry(full).link_key
    no_id = Entry(guid="", link="http://www.x.example/a", title="T", html="")
    assert of_entry(no_id).uid == of_entry(full).link_key
    neither = Entry(guid="", link="", title="T: “x”", html="", stamp=NOW.timestamp())
    assert of_entry(neither).uid == of_entry(Entry("", "", "t x!", "other", stamp=NOW.timestamp())).uid


def test_an_edit_changes_the_content_hash_and_not_the_uid() -> None:
    before, after = Entry("g", "", "Old title", "x"), Entry("g", "", "New title", "x")
    assert of_entry(before).uid == of_entry(after).uid
    assert of_entry(before).content_hash != of_entry(after).content_hash


def test_dates_outside_reason_are_no_dates() -> None:
    assert sane_date(datetime(9999, 12, 31, tzinfo=UTC), NOW) is None
    assert sane_date(datetime(1970, 1, 1, tzinfo=UTC), NOW) is None
    assert sane_date(None, NOW) is None
    assert sane_date(NOW + timedelta(days=1), NOW) == NOW + timedelta(days=1)
    assert Entry("", "", "", "", stamp=1e18).dated_at is None


def test_titles_fold_to_their_words() -> None:
    assert folded("Ünïcode — “Quoted”!") == "unicode quoted"
