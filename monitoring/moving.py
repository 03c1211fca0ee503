"""When is a permanent redirect believed? Pure: the old state, the new sighting and the clock are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

MOVE_SIGHTINGS = 3
MOVE_AFTER = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Sighting:
    """`state` is what is to be remembered of it; `keep_address` is set when the move is believed."""

    state: dict[str, Any]
    keep_address: str = ""
    said: str = ""


def seen(state: Mapping[str, Any], target: str, now: datetime) -> Sighting:
    """Believed after three sightings in a row over two days: a captive portal says 301, too."""
    if not target:
        return Sighting(_remembered("", 0, None))
    known = state["moved_to"] == target
    times = state["moved_seen"] + 1 if known else 1
    since = state["moved_since_at"] if known and state["moved_since_at"] else now
    if times >= MOVE_SIGHTINGS and now - since >= MOVE_AFTER:
        return Sighting(_remembered("", 0, None), target, f"Moved for good: from now on it is read at {target}.")
    said = f"Its server says it has moved for good to {target} (seen {times} times)."
    return Sighting(_remembered(target, times, since), said=said)


def _remembered(target: str, times: int, since: datetime | None) -> dict[str, Any]:
    return {"moved_to": target, "moved_seen": times, "moved_since_at": since}
