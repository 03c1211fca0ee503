"""Feeds, bent and broken, through the path of `try_source`: nothing may raise, take over 10 s, or 256 MB.

    python bench/fuzzing.py [--count N] [--seed N] [CORPUS_FOLDER…]

Mutants of the shipped sample feeds and of every file in the folders named. The same seed gives the same mutants.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SECONDS_ALLOWED = 10.0
MEGABYTES_ALLOWED = 256
NOW = datetime(2026, 11, 25, tzinfo=UTC)
TOKENS = (
    b"&nbsp;", b"&#0;", b"&#xD800;", b"&#99999999;", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?xml version='1.0'?>",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<item>", b"</item>", b"<entry>", b"</channel>", b"<title type='xhtml'><div>",
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3\x28", b"encoding='utf-16'", b"encoding='x-none'", b" xmlns:a=''",
    b" xml:base='//['", b"http://[", b"javascript:x", b"9999-99-99T99:99:99Z", b"Fri, 31 Dec 9999 23:59:59 GMT",
    b"1e400", b"<content mode='base64'>", b"<guid>", b"<link href='http://[::1'/>", b"<div>" * 150, b" a='1'" * 300,
    b"{", b"[" * 5000, b'"items":', b"<html>", b"\xed\xa0\x80", b"</rss>", b"A" * 70_000, b"<x:y/>", b"&amp;amp;",
)  # fmt: skip
SEEDS = (
    b'<rss version="2.0"><channel><title>A</title><item><guid>1</guid><title>T</title><link>http://a.example/1</link>'
    b"<pubDate>Tue, 24 Nov 2026 10:00:00 GMT</pubDate><description>&lt;p&gt;x&lt;/p&gt;</description></item>"
    b"</channel></rss>",
    b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://b.example/"><title type="html">A</title><entry><id>1'
    b'</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">x</div></title><link href="a"/>'
    b'<updated>2026-11-24T10:00:00Z</updated><content type="html">&lt;a href="b"&gt;</content></entry></feed>',
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    b'<channel rdf:about="x"><title>A</title></channel><item rdf:about="http://c.example/1"><title>T</title></item></rdf:RDF>',
    b'{"version":"https://jsonfeed.org/version/1.1","title":"A","items":[{"id":1,"content_html":"<p>x","date_published":'
    b'"2026-11-24T10:00:00Z","authors":[{"name":"B"}]}]}',
    b'{"content_id":"x","base_path":"/a","title":"A","details":{"body":"<p>x","change_history":[{"note":"n",'
    b'"public_timestamp":"2026-11-24T10:00:00Z"}]},"links":{"documents":[{"base_path":"/b","title":"B"}]}}',
    b'<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/f"></head><p>x</html>',
)


@dataclass
class Tally:
    read: int = 0
    with_items: int = 0
    slowest: float = 0.0
    megabytes: int = 0
    errors: list[str] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)

    @property
    def is_good(self) -> bool:
        return not self.errors and self.slowest <= SECONDS_ALLOWED and self.megabytes <= MEGABYTES_ALLOWED


def mutants(seeds: list[bytes], count: int, seed: int) -> Iterator[bytes]:
    dice = random.Random(seed)
    for _number in range(count):
        body = bytearray(dice.choice(seeds))
        for _turn in range(dice.choice((1, 1, 2, 3, 8))):
            bend(body, seeds, dice)
        yield bytes(body[:200_000])


def bend(body: bytearray, seeds: list[bytes], dice: random.Random) -> None:
    at, length = dice.randrange(len(body) + 1), dice.choice((1, 2, 8, 64, 512))
    kind = dice.randrange(6)
    if kind == 0:
        body[at : at + 1] = bytes([dice.randrange(256)])
    elif kind == 1:
        del body[at : at + length]
    elif kind == 2:
        body[at:at] = body[at : at + length] * dice.choice((1, 2, 30))
    elif kind == 3:
        body[at:at] = dice.choice(TOKENS)
    elif kind == 4:
        other = dice.choice(seeds)
        start = dice.randrange(len(other) + 1)
        body[at : at + length] = other[start : start + length * 4]
    else:
        del body[at:]


def run(documents: Iterator[bytes]) -> Tally:
    from monitoring import trying
    from monitoring.parsing import Job, Kind, Sandbox, strict

    tally, sandbox = Tally(), Sandbox()
    kinds = (Kind.FEED, Kind.FEED, Kind.FEED, Kind.PAGE, Kind.DISCOVER, Kind.GOVUK)
    for number, body in enumerate(documents):
        began = time.monotonic()
        try:
            job = Job(kinds[number % len(kinds)], body, "http://fuzz.example/feed")
            parsed = strict.read(job) or sandbox.parse(job)
            found = trying.items(parsed, NOW)
        except Exception as error:
            tally.errors.append(f"{type(error).__name__}: {error} on {body[:200]!r}")
            found = ()
        else:
            tally.said[parsed.error[:60]] += 1
        tally.read += 1
        tally.with_items += bool(found)
        tally.slowest = max(tally.slowest, time.monotonic() - began)
        # Of this child alone: the system's figure for all children would count the browsers of other tests.
        tally.megabytes = max(tally.megabytes, sandbox.peak_megabytes())
    sandbox.close()
    return tally


def corpus(folders: list[Path]) -> list[bytes]:
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path.read_bytes()[:5_000_000] for path in files]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=20261125)
    parser.add_argument("folders", nargs="*", type=Path)
    options = parser.parse_args()
    whole = corpus(options.folders)
    for name, documents in (
        (f"{len(whole)} files as they are", iter(whole)),
        (f"{options.count} mutants", mutants([*SEEDS, *sample_files(), *small(whole)], options.count, options.seed)),
    ):
        tally = run(documents)
        print(
            f"{name}: {len(tally.errors)} uncaught errors, slowest {tally.slowest:.1f} s, "
            f"{tally.megabytes} MB at most; {tally.with_items} had items"
        )
        for said, count in tally.said.most_common(12):
            print(f"  {count:8} {said or 'read'}")
        for error in tally.errors[:10]:
            print(f"  {error}")
        if not tally.is_good:
            return 1
    return 0


def sample_files() -> list[bytes]:
    return [
        path.read_bytes() for path in sorted((ROOT / "monitoring" / "sample_wire").iterdir()) if path.suffix != ".opml"
    ]


def small(documents: list[bytes]) -> list[bytes]:
    return [document for document in documents if 0 < len(document) < 60_000]


if __name__ == "__main__":
    import django
    from django.conf import settings

    settings.configure()
    django.setup()
    sys.exit(main())
