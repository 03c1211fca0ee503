"""The post in figures: (name, meaning, value, the limit above which something is wrong or None)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from commitments.digests.models import Delivery, DigestRun

Figure = tuple[str, str, float, float | None]
# A run of ten thousand letters takes minutes; refused letters are tried again for hours and are not counted as waiting.
LATE = timedelta(hours=2)


def figures(now: datetime) -> Iterator[Figure]:
    waiting = Delivery.objects.unfinished().never_tried()
    yield "letters_waiting", "letters of a running digest that have not left", waiting.count(), None
    oldest = waiting.oldest_built_at()
    age = (now - oldest).total_seconds() if oldest else 0.0
    yield "oldest_unsent_letter_seconds", "age of the oldest letter that was never tried", age, LATE.total_seconds()
    held = DigestRun.objects.stopped().count()
    yield "digest_runs_waiting_for_a_person", "runs that are held or paused", held, 0
