"""Feeds, bent and broken, through the path of `try_source`: nothing may raise, take over 10 s, or 256 MB.

    python bench/fuzzing.py [--count N] [--seed N] [CORPUS_FOLDER…]

Every file of the folders named, and mutants of them and of the shipped sample feeds.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import documents
from bench.documents import Document

SECONDS_ALLOWED = 10.0
MEGABYTES_ALLOWED = 256
NOW = datetime(2026, 11, 25, tzinfo=UTC)


@dataclass
class Tally:
    read: int = 0
    with_items: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    megabytes: int = 0
    errors: list[str] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)

    @property
    def is_good(self) -> bool:
        return not self.errors and self.slowest <= SECONDS_ALLOWED and self.megabytes <= MEGABYTES_ALLOWED

    def __str__(self) -> str:
        return (
            f"{self.read / max(self.seconds, 0.001):.0f} a second, {len(self.errors)} uncaught errors, "
            f"slowest {self.slowest:.1f} s, {self.megabytes} MB at most; {self.with_items} of {self.read} had items"
        )

    def lines(self) -> Iterator[str]:
        yield from (f"{count:8} {said or 'read'}" for said, count in self.said.most_common(12))
        yield from self.errors[:10]


def run(bodies: Iterable[Document]) -> Tally:
    from monitoring import trying
    from monitoring.parsing import Job, Kind, Sandbox, strict

    tally, sandbox = Tally(), Sandbox()
    kinds = (Kind.FEED, Kind.FEED, Kind.FEED, Kind.PAGE, Kind.DISCOVER, Kind.GOVUK)
    for number, (body, content_type) in enumerate(bodies):
        began = time.monotonic()
        try:
            job = Job(kinds[number % len(kinds)], body, "http://fuzz.example/feed", content_type)
            parsed = strict.read(job) or sandbox.parse(job)
            found = trying.items(parsed, NOW)
        except Exception as error:
            tally.errors.append(f"{type(error).__name__}: {error} on {body[:200]!r}")
            found = ()
        else:
            tally.said[parsed.error[:60]] += 1
        took = time.monotonic() - began
        tally.read += 1
        tally.with_items += bool(found)
        tally.seconds += took
        tally.slowest = max(tally.slowest, took)
        # Of this child alone: the system's figure for all children would count the browsers of other tests.
        tally.megabytes = max(tally.megabytes, sandbox.peak_megabytes())
    sandbox.close()
    return tally


def main() -> int:
    options = documents.read_options(__doc__, count=1_000_000)
    return documents.tell(documents.files_and_mutants(options.folders, options.count, options.seed), run)


if __name__ == "__main__":
    import django
    from django.conf import settings

    settings.configure()
    django.setup()
    sys.exit(main())
