"""More news than anybody sends, through poll and judging to the end: what it costs, and that nothing stalls.

    python bench/flood.py [--feeds 25]

A feed of 50,000 entries, one too large to be read, and feeds of 2,000 entries each (fifty thousand items in all unless
told otherwise), judged by the shipped record. Ends badly when an item takes over a second or memory runs away.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import farm
import matching
import subjects

SECONDS_AN_ITEM = 1.0
MEGABYTES_ALLOWED = 600
ENTRIES_A_FEED = 2_000
FLOOD = 50_000
TOO_LARGE = 11_000_000
HEAD = '<?xml version="1.0"?><rss version="2.0"><channel><title>Flood</title>'
OURS = [
    "OpenAI",
    "London",
    "office",
    "justice",
    "AI",
    "growth",
    "zone",
    "compute",
    "data",
    "centre",
    "safety",
    "schools",
]


def documents(feeds: int) -> Iterator[str]:
    yield HEAD + "".join(_short(number) for number in range(FLOOD)) + "</channel></rss>"
    yield HEAD + "<description>" + "x " * (TOO_LARGE // 2) + "</description></channel></rss>"
    chance = random.Random(5)
    words, weights = matching.vocabulary(chance)
    for feed in range(feeds):
        yield (
            HEAD + "".join(_entry(chance, words, weights, feed, n) for n in range(ENTRIES_A_FEED)) + "</channel></rss>"
        )


def _short(number: int) -> str:
    return f"<item><title>Entry {number}</title><guid>{number}</guid></item>"


def _entry(chance: random.Random, words: Sequence[str], weights: Sequence[float], feed: int, number: int) -> str:
    drawn = chance.choices(words, weights, k=45) + chance.choices(OURS, k=3)
    date = f"{1 + number % 28:02} Oct 2026 {number % 24:02}:00:00 GMT"
    chance.shuffle(drawn)
    return (
        f"<item><title>{' '.join(drawn[:9])}</title><guid isPermaLink='false'>{feed}-{number}</guid>"
        f"<pubDate>{date}</pubDate><description>{' '.join(drawn[9:])}</description></item>"
    )


class Serving(BaseHTTPRequestHandler):
    bodies: Sequence[bytes] = ()

    def do_GET(self) -> None:
        name = self.path.strip("/").removesuffix(".xml")
        found = name.isdigit()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/rss+xml")
        self.end_headers()
        with suppress(ConnectionError):  # whoever finds it too large hangs up
            self.wfile.write(self.bodies[int(name)] if found else b"")

    def log_message(self, *_: Any) -> None:
        """A bench prints what it measured and nothing else."""


def served(feeds: int) -> list[str]:
    """Addresses of the documents, each on a loopback host of its own."""
    Serving.bodies = [document.encode() for document in documents(feeds)]
    found = []
    for number in range(len(Serving.bodies)):
        server = ThreadingHTTPServer((farm.host_name(number), 0), Serving)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        found.append(f"http://{farm.host_name(number)}:{server.server_address[1]}/{number}.xml")
    return found


def megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


class Timed:
    """A call, with the seconds that the slowest took for one of its items."""

    def __init__(self, work: Callable[..., Any]) -> None:
        self.work, self.slowest, self.spent = work, 0.0, 0.0

    def __call__(self, items: Sequence[Any], *more: Any) -> Any:
        began = time.process_time()
        found = self.work(items, *more)
        took = time.process_time() - began
        self.slowest, self.spent = max(self.slowest, took / len(items)), self.spent + took
        return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=FLOOD // ENTRIES_A_FEED)
    addresses = served(parser.parse_args().feeds)
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        os.environ |= {"VAR_DIR": folder, "BENCH_JUDGED": "1"}
        ours = subjects.Ours(addresses)
        return tell(ours)


def tell(ours: subjects.Ours) -> int:
    from monitoring import judging
    from monitoring.models import Item, Source, Story, Suggestion

    before, began, used = megabytes(), time.monotonic(), subjects.cpu()
    timed = Timed(judging.judge)
    judging.judge = timed
    ours()
    for source in Source.objects.order_by("pk")[:2]:
        remark = source.last_note or source.last_error or "no remark"
        print(f"{source.items.count():,} items of {source.address}: {remark}")
    stored, waiting = Item.objects.count(), Item.objects.unjudged().count()
    stories, suggestions = Story.objects.count(), Suggestion.objects.count()
    print(
        f"{stored:,} items stored, {waiting} wait, {stories:,} stories, {suggestions:,} suggestions; "
        f"{time.monotonic() - began:.0f} s, {subjects.cpu() - used:.0f} s of CPU"
    )
    print(
        f"judging: {1000 * timed.spent / max(stored, 1):.2f} ms an item, {1000 * timed.slowest:.1f} in the slowest "
        f"batch; {before} MB before, {megabytes()} MB at most"
    )
    is_good = waiting == 0 and timed.slowest < SECONDS_AN_ITEM and megabytes() < MEGABYTES_ALLOWED
    print(
        f"at most {SECONDS_AN_ITEM:g} s an item, {MEGABYTES_ALLOWED} MB, nothing waiting: {'yes' if is_good else 'NO'}"
    )
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
