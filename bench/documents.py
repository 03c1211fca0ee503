"""Documents to try readers on, and the round that both `agreeing` and `fuzzing` make through them.

Files as they are, then mutants of them and of the shipped sample feeds. The same seed gives the same mutants.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

Document = tuple[bytes, str]
"""A body, and the content type it comes with."""

SEED = 20261125
LONGEST_FILE = 5_000_000
LONGEST_MUTANT = 200_000
LONGEST_BENT = 60_000
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


class Finding(Protocol):
    """What a round came to: one sentence, the lines below it, and whether all was well."""

    @property
    def is_good(self) -> bool: ...

    def lines(self) -> Iterable[str]: ...


Round = tuple[str, Iterable[Document]]


def tell(rounds: Iterable[Round], examine: Callable[[Iterable[Document]], Finding]) -> int:
    """Every round, one after the other, each told as soon as it ends; 0 when all were good."""
    good = True
    for name, documents in rounds:
        began = time.monotonic()
        finding = examine(documents)
        print(f"{name} ({time.monotonic() - began:.0f} s): {finding}", flush=True)
        for line in finding.lines():
            print(f"  {line}", flush=True)
        good = good and finding.is_good
    return 0 if good else 1


def read_options(about: str | None, count: int) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=count)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("folders", nargs="*", type=Path)
    return parser.parse_args()


def files_and_mutants(folders: list[Path], count: int, seed: int) -> tuple[Round, Round]:
    whole = [*SEEDS, *sample_files(), *corpus(folders)]
    bent = mutants([one for one in whole if 0 < len(one) < LONGEST_BENT], count, seed)
    return (
        (f"{len(whole)} files as they are", ((body, "") for body in whole)),
        (f"{count} mutants", ((body, "") for body in bent)),
    )


def mutants(seeds: list[bytes], count: int, seed: int) -> Iterator[bytes]:
    dice = random.Random(seed)
    for _number in range(count):
        body = bytearray(dice.choice(seeds))
        for _turn in range(dice.choice((1, 1, 2, 3, 8))):
            bend(body, seeds, dice)
        yield bytes(body[:LONGEST_MUTANT])


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


def corpus(folders: list[Path]) -> list[bytes]:
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path.read_bytes()[:LONGEST_FILE] for path in files]


def sample_files() -> list[bytes]:
    return [
        path.read_bytes() for path in sorted((ROOT / "monitoring" / "sample_wire").iterdir()) if path.suffix != ".opml"
    ]
