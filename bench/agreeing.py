"""The strict reader against feedparser: what it accepts it must read alike, to the last field.

    python bench/agreeing.py [--count N] [--seed N] [CORPUS_FOLDER…]

Feeds are made up from parts that real ones have, in any order, some odd, some bent; every file of the folders named and
mutants of them come on top. The same seed gives the same feeds.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import documents
from bench.documents import Document

ADDRESS = "https://feeds.example/a/feed.xml"
TYPES = (
    "application/rss+xml",
    "",
    "text/xml; charset=utf-8",
    "text/html; charset=UTF-8",
    "application/xml; charset=latin-1",
)
TEXTS = (
    "Council opens bridge", "A &amp; B", "2 &lt; 3", "", " \n ", "&#x1F600; smile", "caf\u00e9 \u2014 na\u00efve",
    "x" * 700,
    "line\none\ttab", "<!-- remark -->words", "wo<!-- remark -->rds", "<?pi x?>words", "\u202eodd\u00ad", "]]&gt;",
    "&lt;p&gt;One &lt;a href='/x'&gt;two&lt;/a&gt;&lt;/p&gt;", "<![CDATA[A &#8217; B &nbsp; C &unheard; D]]>",
)  # fmt: skip
ODD_TEXTS = (
    "A &amp;amp; B", "<![CDATA[A &#8217; <b>B</b> & C]]>", "<![CDATA[<p>x</p><script>y</script>]]>",
    "\u00c3\u00a9t\u00c3\u00a9",
    "&#146;quoted&#146;", "&lt;unknown&gt;&lt;/unknown&gt;", "a &amp;nbsp; b", "a &amp;unheard; b",
    "&amp;lt;b&amp;gt;", "<b>bare</b>",
)  # fmt: skip
LINKS = (
    "https://a.example/1", "http://a.example/?a=1&amp;b=2", "/relative?x=1", "https:///three", "a b", "",
    " https://a.example/2 ",
    "javascript:x", "tag:a.example,2026:1", "urn:uuid:1", "//host/x", "https://a.example/&amp;amp;x;", "?q",
    "http://[::1", "HTTP://A.example/É",
    "<![CDATA[https://a.example/?x=1&y=2]]>", "https://a.example/1#2",
)  # fmt: skip
DATES = (
    "Tue, 24 Nov 2026 10:00:00 GMT", "24 Nov 2026 10:00 +0530", "Tue, 3 Feb 2026 01:02:03 -0800",
    "2026-11-24T10:00:00Z",
    "2026-11-24T10:00:00.123+01:00", "Tue, 31 Feb 2026 10:00:00 GMT", "yesterday", "", "2026-11-24",
    "Tue, 24 Nov 26 10:00:00 EST",
    "Sat, 01 Jan 0001 00:00:00 +2300", "Thu, 24 Sept 2026 10:00:00 GMT", "2026-11-24T24:00:00Z",
    "Tue,  24 Nov 2026 10:00:00 GMT",
    "Fri, 31 Dec 9999 23:59:59 -0100", "2026-11-24T10:00:60Z", "Tue, 24 Nov 2026 10:00:00 UTC",
    "Oct, 24 Oct 2026 10:00:00 Z",
)  # fmt: skip
WRAPS = (
    "",
    "",
    "",
    "",
    " type='html'",
    " type='text'",
    " type='xhtml'",
    " type='HTML'",
    " lang='x'",
    " base='http://b.example/'",
)
BENDS = (
    b"<x/>", b"&nbsp;", b"]]>", b"<!-- -->", b"\x85", b"\xc2\x85", b"<br/>", b" xml:base='http://b.example/'",
    b"xmlns:a='u'",
    b"<media:title>m</media:title>", b"<title>second</title>", b"<link>second</link>", b"<summary>s</summary>",
    b"text", b"\xff",
    b"<id>x</id>", b"<guid>y</guid>", b"<item>", b"</item>", b"<image><title>i</title></image>",
    b"<source><id>s</id></source>",
    b"<!DOCTYPE rss>", b"<dc:title>d</dc:title>", b"<itunes:author>i</itunes:author>",
    b"<author><name>n</name></author>",
)  # fmt: skip


@dataclass
class Agreement:
    accepted: int = 0
    refused: int = 0
    disagreements: list[bytes] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.disagreements

    def lines(self) -> Iterator[str]:
        return (f"{body[:1_500]!r}" for body in self.disagreements[:5])

    def __str__(self) -> str:
        return f"{self.accepted} accepted, {self.refused} refused, {len(self.disagreements)} disagreements"


def made_up(count: int, seed: int) -> Iterator[Document]:
    dice = random.Random(seed)
    for _number in range(count):
        body = (_rss if dice.random() < 0.6 else _atom)(dice).encode()
        if dice.random() < 0.15:
            at = dice.randrange(len(body) + 1)
            body = body[:at] + dice.choice(BENDS) + body[at + dice.choice((0, 0, 1, 6)) :]
        yield body, dice.choices(TYPES, (6, 6, 2, 2, 1))[0]


def _some(dice: random.Random, parts: dict[str, float], odd: float) -> str:
    """Each part with its own chance, in any order; an odd one twice."""
    kept = [_part(dice, name, odd) for name, chance in parts.items() if dice.random() < chance]
    if dice.random() < odd:
        kept += kept[:1]
    dice.shuffle(kept)
    return dice.choice(("", "\n", "  ")).join(kept)


def _part(dice: random.Random, name: str, odd: float) -> str:
    def pick(values: tuple[str, ...]) -> str:
        return dice.choice(values) if dice.random() < odd else values[0] + dice.choice(("", "1", "2"))

    text = dice.choice(ODD_TEXTS if dice.random() < odd else TEXTS)
    wrap = dice.choice(WRAPS) if dice.random() < 4 * odd else ""
    date = dice.choice(DATES[:4] if dice.random() > odd else DATES)
    short = name.rpartition(":")[2]
    if short in {"pubDate", "lastBuildDate", "date", "published", "updated", "any_updated"}:
        return f"<{name}>{date}</{name}>"
    if short in {"rss_link", "comments", "docs", "icon"}:
        tag = short.removeprefix("rss_")
        return f"<{tag}>{pick(LINKS)}</{tag}>"
    if name in {"guid", "id"}:
        kind = dice.choice(("", " isPermaLink='false'", " isPermaLink='true'")) if name == "guid" else ""
        return f"<{name}{kind}>{dice.choice(LINKS) if dice.random() < 0.5 else f'id-{dice.random()}'}</{name}>"
    if short == "link":
        kind = dice.choice(
            ("", " type='text/html'", " type='application/json'", " type='application/xhtml+xml'", " title='t'")
        )
        rel = dice.choice(("", " rel='alternate'", " rel='self'", " rel='hub'", " rel='ALTERNATE'", " rel='related'"))
        return f"<{name}{rel}{kind} href='{pick(LINKS[:15])}'/>".replace("<![CDATA[", "")
    if name in FIXED:
        return dice.choice(FIXED[name])
    if wrap and name in {"title", "summary", "content", "subtitle", "rights", "description"}:
        return f"<{name}{wrap}>{text}</{name}>"
    return f"<{name}>{text}</{name}>"


FIXED = {
    "category": ("<category>Local</category>", "<category domain='x'/>", "<category term='t' scheme='s'/>"),
    "enclosure": ("<enclosure url='https://a.example/a.mp3' length='1' type='audio/mpeg'/>", "<enclosure/>"),
    "media:content": (
        "<media:content url='https://a.example/a.jpg'/>",
        "<media:content url='u' medium='image'><media:credit scheme='urn:x'>Someone</media:credit></media:content>",
        "<media:content url='u'><media:title>odd</media:title></media:content>",
    ),
    "media:thumbnail": ("<media:thumbnail url='u' width='1'/>",),
    "source": ("<source url='https://p.example/'>Paper</source>", "<source>Paper</source>", "<source/>"),
    "atom_source": ("<source><title>Paper</title><id>x</id></source>",
    "<source><title type='html'>P &amp;amp; Q</title></source>"),
    "person": (
        "<author><name>Ada</name><email>ada@a.example</email></author>",
        "<author><email>b@a.example</email></author>", "<author/>",
        "<author><name> </name><uri>u</uri></author>",
        "<author><name>Ada</name></author><author><name>Bob</name></author>",
    ),
    "image": ("<image><url>u</url><title>i</title><link>l</link></image>",
    "<image><title>i</title><guid>g</guid></image>"),
    "skipHours": ("<skipHours><hour>3</hour><hour>24</hour></skipHours>",),
    "skipDays": ("<skipDays><day>Monday</day></skipDays>",),
    "ttl": ("<ttl>60</ttl>", "<ttl>x</ttl>"),
    "sy:updatePeriod": ("<sy:updatePeriod>daily</sy:updatePeriod>", "<sy:updatePeriod> hourly\n</sy:updatePeriod>"),
    "sy:updateFrequency": ("<sy:updateFrequency>2</sy:updateFrequency>",),
}  # fmt: skip
ITEM = {
    "title": 0.95, "rss_link": 0.9, "guid": 0.8, "pubDate": 0.8, "description": 0.8, "content:encoded": 0.3,
    "author": 0.2,
    "dc:creator": 0.3, "dc:date": 0.1, "dc:subject": 0.1, "category": 0.3, "comments": 0.1, "slash:comments": 0.1,
    "enclosure": 0.1,
    "media:content": 0.1, "media:thumbnail": 0.1, "source": 0.1, "wfw:commentRss": 0.1,
}  # fmt: skip
CHANNEL = {
    "title": 0.9, "rss_link": 0.9, "description": 0.8, "language": 0.3, "lastBuildDate": 0.3, "pubDate": 0.2,
    "ttl": 0.2, "atom:link": 0.4,
    "sy:updatePeriod": 0.2, "sy:updateFrequency": 0.2, "image": 0.2, "skipHours": 0.1, "skipDays": 0.1,
    "generator": 0.2, "copyright": 0.1,
    "managingEditor": 0.1, "webMaster": 0.1, "category": 0.1, "docs": 0.1,
}  # fmt: skip
ENTRY = {
    "title": 0.95, "link": 0.9, "id": 0.9, "published": 0.5, "updated": 0.8, "summary": 0.6, "content": 0.4,
    "person": 0.3,
    "category": 0.2, "atom_source": 0.1, "rights": 0.1,
}  # fmt: skip
FEED = {
    "title": 0.9, "subtitle": 0.3, "link": 0.8, "id": 0.8, "updated": 0.7, "person": 0.3, "generator": 0.2,
    "icon": 0.1, "logo": 0.1,
    "category": 0.1, "rights": 0.1,
}  # fmt: skip
PREFIXES = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    'xmlns:wfw="http://wellformedweb.org/commentAPI/"'
)
HEADS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n', '<?xml version="1.0"?>', "",
    "<?xml version='1.0' encoding='utf-8' ?>\n",
    '<?xml version="1.0" encoding="iso-8859-1"?>', '<?xml version="1.0"?><!-- made -->', " \n",
    '<?xml version="1.0"?>\n<?xml-stylesheet href="a.xsl"?>\n', "\ufeff<?xml version='1.0'?>", '<?xml version="1.1"?>',
)  # fmt: skip


def _rss(dice: random.Random) -> str:
    odd = dice.choice((0.0, 0.0, 0.02, 0.1))
    items = "".join(f"<item>{_some(dice, ITEM, odd)}</item>" for _ in range(dice.choice((1, 1, 2, 3))))
    channel = _some(dice, CHANNEL, odd)
    inside = channel + items if dice.random() < 0.8 else items + channel
    declared = (
        PREFIXES if dice.random() > odd else dice.choice(("", 'xmlns:dc="u"', 'xmlns="http://purl.org/rss/1.0/"'))
    )
    version = "2.0" if dice.random() > odd else dice.choice(("0.91", "2.1", ""))
    return f'{_head(dice, odd)}<rss version="{version}" {declared}><channel>{inside}</channel></rss>\n'


def _atom(dice: random.Random) -> str:
    odd = dice.choice((0.0, 0.0, 0.02, 0.1))
    entries = "".join(f"<entry>{_some(dice, ENTRY, odd)}</entry>" for _ in range(dice.choice((1, 1, 2, 3))))
    feed = _some(dice, FEED, odd)
    return (
        f'{_head(dice, odd)}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
        f"{feed + entries if dice.random() < 0.8 else entries + feed}</feed>"
    )


def _head(dice: random.Random, odd: float) -> str:
    return dice.choice(HEADS) if dice.random() < max(odd, 0.05) * 3 else HEADS[0]


def compare(bodies: Iterable[Document]) -> Agreement:
    from monitoring.parsing import Job, Kind, reading, strict

    agreement = Agreement()
    for body, content_type in bodies:
        job = Job(Kind.FEED, body, ADDRESS, content_type)
        fast = strict.read(job)
        if fast is None:
            agreement.refused += 1
            continue
        agreement.accepted += 1
        if fast != reading.read(job):
            agreement.disagreements.append(body)
    return agreement


def main() -> int:
    options = documents.read_options(__doc__, count=200_000)
    files, mutants = documents.files_and_mutants(options.folders, options.count // 4, options.seed)
    made = (f"{options.count} made-up feeds", made_up(options.count, options.seed))
    return documents.tell((files, made, mutants), compare)


if __name__ == "__main__":
    sys.exit(main())
