"""Every kind of document, read into the same frozen data."""

import json

import pytest

from monitoring import parsing
from monitoring.parsing import Job, Kind, Parsed
from tests.watch.loopback import item, rss

REL = 'rel="nofollow noopener noreferrer"'
PLACE = "https://site.example/feeds/all"


def read(body: bytes | dict, kind: Kind = Kind.FEED, content_type: str = "") -> Parsed:
    data = json.dumps(body).encode() if isinstance(body, dict) else body
    parsed = parsing.parse(Job(kind, data, PLACE, content_type))
    assert parsed.error == ""
    return parsed


def test_atom() -> None:
    (entry,) = read(
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><id>urn:1</id><title type="html">A &amp;amp;'
        b' B</title><link rel="self" href="x"/><link href="../news/1?a=1&amp;b=2"/><published>2026-11-24T10:00:00+01:00'
        b"</published><updated>2026-11-25T10:00:00Z</updated><summary>Short &lt;b&gt;</summary><content type='html'>"
        b"Long &lt;i&gt;text&lt;/i&gt;</content><author><name>Ada</name></author><source><title>Paper</title></source>"
        b"</entry></feed>"
    ).entries
    assert (entry.guid, entry.title, entry.author, entry.publisher) == ("urn:1", "A & B", "Ada", "Paper")
    assert entry.link == "https://site.example/news/1?a=1&b=2"
    assert entry.dated_at.isoformat() == "2026-11-24T09:00:00+00:00"
    assert entry.html == "Short &lt;b&gt;"
    assert entry.content == "Long <i>text</i>"


def test_a_text_title_keeps_its_angle_brackets() -> None:
    (entry,) = read(
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>Use &lt;b&gt; wisely</title></entry></feed>'
    ).entries
    assert entry.title == "Use <b> wisely"


def test_rdf() -> None:
    (entry,) = read(
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        b'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>A</title></channel>'
        b'<item rdf:about="http://c.example/1"><title>T</title><link>http://c.example/1</link>'
        b"<dc:date>2026-11-24T10:00:00Z</dc:date></item></rdf:RDF>"
    ).entries
    assert (entry.title, entry.link) == ("T", "http://c.example/1")
    assert entry.dated_at is not None


def test_json_feed() -> None:
    (first, second) = read(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "A",
            "items": [
                {
                    "id": 1,
                    "url": "/1",
                    "title": "T <b>",
                    "content_html": "<p>Long</p>",
                    "summary": "S",
                    "date_published": "2026-11-24T10:00:00Z",
                    "authors": [{"name": "Ada"}],
                },
                {"id": "x", "content_text": "Only < text", "date_published": "nonsense", "authors": "bad"},
                {},
                "not an item",
            ],
        }
    ).entries
    assert (first.guid, first.link, first.title, first.html) == ("1", "https://site.example/1", "T <b>", "S")
    assert (first.content, first.author) == ("<p>Long</p>", "Ada")
    assert (second.title, second.html, second.stamp) == ("Only < text", "Only &lt; text", None)


def test_the_content_api_of_govuk_gives_each_change_note() -> None:
    parsed = read(
        {
            "content_id": "abc",
            "base_path": "/guidance/x",
            "title": "Guidance",
            "details": {
                "body": "<p>Body</p>",
                "change_history": [
                    {"note": "First published.", "public_timestamp": "2026-01-01T00:00:00.000+00:00"},
                    {"note": "Added <new> rules.", "public_timestamp": "2026-11-01T00:00:00.000+00:00"},
                ],
            },
            "links": {"organisations": [{"title": "Cabinet Office"}]},
        },
        Kind.GOVUK,
    )
    newest = parsed.entries[-1]
    assert newest.title == "Guidance: Added <new> rules."
    assert newest.html == "Added &lt;new&gt; rules."
    assert (newest.link, newest.publisher) == ("https://www.gov.uk/guidance/x", "Cabinet Office")
    assert len({entry.guid for entry in parsed.entries}) == 2


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<rss><channel><item><title>Café £2</title></item></channel></rss>".encode(), ""),
        ("<rss><channel><item><title>Café £2</title></item></channel></rss>".encode(), "text/html; charset=utf-8"),
        ('<?xml version="1.0" encoding="iso-8859-1"?><rss><channel><item><title>Café £2</title></item></channel></rss>'
         .encode("latin-1"), ""),
        ("<rss><channel><item><title>Café £2</title></item></channel></rss>".encode("utf-16"), "application/rss+xml"),
        ("\ufeff \n<rss><channel><item><title>Café £2</title></item></channel></rss>".encode(), "text/plain"),
    ],
)  # fmt: skip
def test_encodings(body: bytes, content_type: str) -> None:
    assert read(body, content_type=content_type).entries[0].title == "Café £2"


def test_what_the_feed_says_about_reading_it() -> None:
    parsed = read(
        rss(
            item(1),
            head="<ttl>90</ttl><skipHours><hour>0</hour><hour>24</hour><hour>7</hour></skipHours><skipDays><day>Sunday"
            '</day></skipDays><link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="https://hub.example/"/>',
        )
    )
    assert (parsed.floor_seconds, parsed.skip_hours, parsed.skip_days) == (5_400, (0, 7), (6,))
    assert parsed.hub == "https://hub.example/"


def test_the_feeds_of_a_site_are_found() -> None:
    page = (
        b"<html><head><base href='/en/'><title>Site</title>"
        b"<link rel='alternate' type='application/atom+xml' title='News' href='news.atom'>"
        b"<link rel='ALTERNATE' type='application/rss+xml; charset=utf-8' href='https://other.example/rss'>"
        b"<link rel='alternate' type='application/rss+xml' href='javascript:x'>"
        b"<link rel='stylesheet' type='text/css' href='x.css'></head><body><a href='/feed/'>Feed</a></body></html>"
    )
    assert [feed.address for feed in read(page, Kind.DISCOVER).feeds] == [
        "https://site.example/en/news.atom",
        "https://other.example/rss",
    ]
    bare = b"<html><body><a href='/feed/'>Our feed</a><a href='/feeding'>No</a></body></html>"
    assert [feed.address for feed in read(bare, Kind.DISCOVER).feeds] == ["https://site.example/feed/"]


@pytest.mark.parametrize(
    ("markup", "clean"),
    [
        ("<p>Fine <em>words</em></p>", "<p>Fine <em>words</em></p>"),
        ('<a href="/x" onclick="y" style="z">r</a>', f'<a href="https://site.example/x" {REL}>r</a>'),
        ('<a href="javascript:alert(1)">j</a>', f"<a {REL}>j</a>"),
        ('<a href="data:text/html,x">d</a>', f"<a {REL}>d</a>"),
        ("<script>alert(1)</script><style>x</style>ok", "ok"),
        ("<img src=x onerror=alert(1)><svg onload=x><iframe src=y></iframe>ok", ""),
        ("<!-- secret -->ok\x00\ud800", "ok"),
        ("<b>never closed", "<b>never closed</b>"),
    ],
)  # fmt: skip
def test_summaries_keep_a_dozen_tags_and_absolute_links(markup: str, clean: str) -> None:
    cleaned = parsing.safe_html(markup, PLACE)
    assert cleaned == clean or (not clean and "<" not in cleaned)


def test_titles_lose_direction_tricks_and_controls() -> None:
    assert parsing.plain_text("a\u202eb\x07 <i>c</i>&nbsp;d") == "ab c d"
