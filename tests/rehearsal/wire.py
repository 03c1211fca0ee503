"""The sample wire, scaled up: hundreds of feeds on loopback that carry new items every simulated week."""

import hashlib
import random
import threading
from datetime import datetime, timedelta
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import feedparser

from commitments.generating import sentence

SAMPLES = Path(__file__).resolve().parents[2] / "monitoring" / "sample_wire"
TIERS = ("T1", "T3", "T3", "T4")
HOSTS = 20
SHOWN = 30  # items that a feed carries at a time
ON_THE_SUBJECT = 0.1  # the rest is other news of councils
SYLLABLES = ("ba", "den", "fi", "gor", "hul", "ka", "lem", "mir", "no", "pra", "sto", "tul", "ver", "wyn", "zo", "chi")


class Wire:
    """`sources` feeds of `items` items over `weeks` weeks, spread over hosts 127.0.0.1 and following."""

    def __init__(self, sources: int, items: int, weeks: int, monday: datetime) -> None:
        self.sources, self.items, self.weeks, self.monday = sources, items, weeks, monday
        self.week = 0
        self.samples = [entry for path in sorted(SAMPLES.glob("*.*s*")) for entry in _entries(path)]
        self._servers: list[ThreadingHTTPServer] = []
        self.port = 0

    def __enter__(self) -> "Wire":
        for host in range(1, min(HOSTS, self.sources) + 1):
            server = ThreadingHTTPServer((f"127.0.0.{host}", self.port), _handler(self))
            server.daemon_threads = True
            self.port = server.server_address[1]
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            self._servers.append(server)
        return self

    def __exit__(self, *trouble: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def opml(self) -> str:
        rows = (
            f'<outline type="rss" text="Wire {n}" tracker:publisher="Wire {n}" tracker:tier="{TIERS[n % len(TIERS)]}" '
            f'xmlUrl="http://127.0.0.{n % len(self._servers) + 1}:{self.port}/{n}.rss"/>'
            for n in range(self.sources)
        )
        space = 'xmlns:tracker="urn:commitment-tracker:sources"'
        return f'<opml version="2.0" {space}><body>{"".join(rows)}</body></opml>'

    def published(self) -> int:
        return self.items * (self.week + 1) // self.weeks

    def feed(self, source: int) -> bytes:
        newest = self.published()
        items = "".join(self._item(source, at) for at in range(newest - 1, max(newest - SHOWN, 0) - 1, -1))
        return f'<rss version="2.0"><channel><title>Wire {source}</title>{items}</channel></rss>'.encode()

    def _item(self, source: int, at: int) -> str:
        chance = random.Random(source * 100_003 + at)
        if chance.random() < ON_THE_SUBJECT:
            title, text = chance.choice(self.samples)
            title, text = f"{title}: {_invented(chance, 3)}", f"{text} {_invented(chance, 40)}."
        else:
            title, text = f"Council to {sentence(chance)}: {_invented(chance, 4)}", f"{_invented(chance, 40)}."
        week = at * self.weeks // self.items
        said = self.monday + timedelta(weeks=week, hours=1 + chance.randrange(20))
        return (
            f"<item><title>{escape(title)}</title><guid>{source}-{at}</guid><link>https://wire.example/{source}/{at}</link>"
            f"<pubDate>{said:%a, %d %b %Y %H:%M:%S} +0000</pubDate><description>{escape(text)}</description></item>"
        )


def _invented(chance: random.Random, count: int) -> str:
    """Words that nobody else says: without them all items would be copies of one story."""
    return " ".join("".join(chance.choices(SYLLABLES, k=3)) for _ in range(count)).capitalize()


def _entries(path: Path) -> list[tuple[str, str]]:
    return [(entry.title, entry.get("summary", "")) for entry in feedparser.parse(path.read_bytes()).entries]


def _handler(wire: Wire) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = self.path.strip("/").removesuffix(".rss")
            if not name.isdigit():
                return self._answer(404, b"")
            body = wire.feed(int(name))
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if self.headers.get("If-None-Match") == tag:
                return self._answer(304, b"", tag)
            return self._answer(200, body, tag)

        def _answer(self, status: int, body: bytes, tag: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
            if tag:
                self.send_header("ETag", tag)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Says nothing: the lines of the rehearsal are the output."""

    return Handler
