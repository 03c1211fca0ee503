"""`try_source`: one line of JSON for each argument, nothing stored."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from monitoring.models import Item, Source
from tests.watch.loopback import Answer, Loopback, item, rss


def trials(*sources: str, **options: Any) -> list[dict[str, Any]]:
    out = StringIO()
    call_command("try_source", *sources, stdout=out, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.django_db
def test_it_prints_what_would_be_stored_and_stores_nothing(server: Loopback, tmp_path: Path) -> None:
    feed = rss(item(1, title="A &amp; B", date="Tue, 24 Nov 2026 10:00:00 GMT", text="&lt;b&gt;Hi&lt;/b&gt;"), item(1))
    file = tmp_path / "feed.xml"
    file.write_bytes(feed)
    for trial in trials(server.set("/feed", feed), str(file)):
        assert (trial["ok"], trial["error"]) == (True, None)
        assert trial["items"] == [
            {
                "id": "id-1",
                "title": "A & B",
                "link": "https://news.example/1",
                "published": "2026-11-24T10:00:00+00:00",
                "summary": "<b>Hi</b>",
            }
        ]
    assert not Source.objects.exists()
    assert not Item.objects.exists()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b"<html><head><title>Home</title></head></html>", "HTML page (“Home”), not a feed"),
        (b"hello", "no feed"),
        (b"{}", "no JSON Feed"),
        (b"<rss><channel><title>x", "breaks off before its first entry"),
    ],
)
def test_what_is_no_feed_is_said_plainly(tmp_path: Path, body: bytes, said: str) -> None:
    file = tmp_path / "bad"
    file.write_bytes(body)
    (trial,) = trials(str(file))
    assert not trial["ok"]
    assert trial["items"] == []
    assert said in trial["error"]


def test_bad_arguments_cost_no_good_ones(server: Loopback, tmp_path: Path) -> None:
    good = server.set("/feed", rss(item(1)))
    found = trials("no-such-file", server.set("/gone", Answer(status=410)), str(tmp_path), good, "http://10.0.0.1/")
    assert [trial["ok"] for trial in found] == [False, False, False, True, False]
    assert all(trial["error"] for trial in found if not trial["ok"])


def test_a_page_is_tried_as_a_page(server: Loopback) -> None:
    address = server.set("/page", b"<html><body><nav>menu</nav><div id=x><p>Due in <b>May</b></p></div></body></html>")
    (trial,) = trials(address, kind="page", selector="#x")
    assert trial["items"][0]["summary"] == "<p>Due in May</p>"
    (wrong,) = trials(address, kind="page", selector="#gone")
    assert "nothing that “#gone” selects" in wrong["error"]
