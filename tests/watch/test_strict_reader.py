"""The fast way of reading a feed: it must agree with feedparser wherever it does not refuse."""

import pytest

from bench import agreeing, documents
from monitoring import parsing
from monitoring.parsing import Job, Kind, filling, reading, strict, values
from monitoring.parsing.shapes import MOST_ENTRIES
from tests.watch.loopback import item, rss

ATOM = (
    b'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Notices</title><id>tag:a,1</id>'
    b'<link rel="hub" href="https://hub.example/"/><updated>2026-11-24T10:00:00Z</updated><entry><id>tag:a,2</id>'
    b'<title type="html">A &amp;amp; B</title><link href="https://a.example/?x=1&amp;y=2"/><author><name>Ada</name></author>'
    b'<updated>2026-11-24T10:00:00+01:00</updated><summary type="html">&lt;p&gt;x&lt;/p&gt;</summary></entry></feed>'
)


def job(body: bytes, content_type: str = "") -> Job:
    return Job(Kind.FEED, body, "https://feeds.example/rss", content_type)


@pytest.mark.parametrize("body", [rss(item(1), item(2)), ATOM, *documents.sample_files()[:-1]])
def test_a_well_made_feed_is_read_without_feedparser(body: bytes) -> None:
    parsed = strict.read(job(body))
    assert parsed is not None
    assert parsed.entries
    assert parsed == reading.read(job(body))


def test_it_agrees_with_feedparser_on_made_up_feeds_and_mutants() -> None:
    agreement = agreeing.compare(agreeing.made_up(500, seed=7))
    seeds = [rss(item(1), item(2)), ATOM]
    agreement_on_mutants = agreeing.compare((body, "") for body in documents.mutants(seeds, 300, seed=7))
    assert agreement.accepted > 100
    assert agreement_on_mutants.accepted > 10
    assert agreement.disagreements == agreement_on_mutants.disagreements == []


@pytest.mark.parametrize(
    ("where", "name", "fault"),
    [
        (values, "kind_of_title", lambda text: "text/plain"),
        (filling.Filling, "_add_content", lambda self, kind, text: None),
    ],
)
def test_the_comparison_notices_a_fault(
    where: object, name: str, fault: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, name, fault)
    assert agreeing.compare(agreeing.made_up(300, seed=7)).disagreements


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE rss>" + rss(item(1)),
        rss(item(1)).replace(b"<channel>", b"<channel xml:base='http://b.example/'>"),
        rss(item(1)).replace(b"<channel>", b"<channel>words"),
        rss(item(1)).replace(b"</item>", b"<itunes:author>x</itunes:author></item>"),
        rss(item(1)).replace(b"</item>", b"<dc:creator>no such prefix</dc:creator></item>"),
        rss(item(1)).replace(b"</item>", b"<title>a second</title></item>"),
        rss(item(1), item(2))[:-20],
        rss(),
        b"<rss version='2.0'><channel>" + b"<item>" * 5_000,
        b"<rss version='2.0' " + b" ".join(b'a%d="1"' % n for n in range(40_000)) + b"><channel/></rss>",
    ],
)
def test_what_is_out_of_its_profile_it_leaves_to_feedparser(body: bytes) -> None:
    assert strict.read(job(body)) is None


def test_a_stated_charset_other_than_utf_8_is_left_to_feedparser() -> None:
    assert strict.read(job(rss(item(1)), "text/xml; charset=UTF-8"))
    assert strict.read(job(rss(item(1)), "text/xml; charset=latin-1")) is None


def test_a_feed_with_fifty_thousand_entries_is_read_in_the_child_and_in_time() -> None:
    entry = "<item><title>T{0}</title><guid isPermaLink='false'>{0}</guid></item>"
    body = rss(*(entry.format(number) for number in range(50_000)))
    assert strict.read(job(body)) is None
    parsed = parsing.parse(job(body))
    assert len(parsed.entries) == MOST_ENTRIES
    assert "50000 entries" in parsed.notes[0]
