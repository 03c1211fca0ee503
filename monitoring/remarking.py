"""What staff are told about a document that could be read."""

from __future__ import annotations

from datetime import datetime

from monitoring import identities
from monitoring.parsing import Parsed


def all_of(parsed: Parsed, now: datetime) -> list[str]:
    """What the reader noted, and what is odd about entries that are stored all the same."""
    return [*parsed.notes, *of_entries(parsed, now)]


def of_entries(parsed: Parsed, now: datetime) -> list[str]:
    entries = parsed.entries
    undated = sum(1 for one in entries if one.stamp is not None and not identities.sane_date(one.dated_at, now))
    linkless = sum(1 for one in entries if not one.link)
    twins = len(entries) - len({identities.uid_of(one) for one in entries})
    return [
        f"{count} of {len(entries)} entries {what}."
        for count, what in (
            (undated, f"{_has(undated)} no date that can be true"),
            (linkless, f"{_has(linkless)} no link"),
            (twins, f"{'appears' if twins == 1 else 'appear'} twice"),
        )
        if count
    ]


def _has(count: int) -> str:
    return "has" if count == 1 else "have"
