"""What a source's row becomes after a fetch. Pure: the old state, the result, the clock and the dice are given.

Every way out of a fetch ends here, so every way out stores when to ask next and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from monitoring import identities, scheduling
from monitoring.fetching import Fetched, Outcome
from monitoring.parsing import Parsed
from monitoring.scheduling import Habits, NextCheck

UNREADABLE = "unreadable"
UNCHANGED = "unchanged"
OUR_FAULT = "our_fault"
MOVE_SIGHTINGS = 3
MOVE_AFTER = timedelta(days=2)
RATE_ITEMS = 20

State = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """`state` is the row's new state, whole; `rest_until` is what the host asked for; `keep_address` is a move made."""

    state: dict[str, Any]
    outcome: str
    error: str = ""
    note: str = ""
    rest_until: datetime | None = None
    keep_address: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What staff set for the source."""

    staff_seconds: int = 0
    use_validators: bool = True
    is_near: bool = False


def after(
    state: State,
    rules: Rules,
    fetched: Fetched,
    parsed: Parsed | None,
    body_hash: str,
    now: datetime,
    dice: float,
) -> Turn:
    """`parsed` is None when the bytes were the same as last time, or there were none."""
    if fetched.outcome is Outcome.GONE:
        return _gone(state, fetched, now)
    if fetched.ok and parsed is not None and parsed.error:
        kind = OUR_FAULT if parsed.is_our_fault else UNREADABLE
        return _failed(state, kind, parsed.error, fetched, now, dice)
    if fetched.ok or fetched.outcome is Outcome.NOT_MODIFIED:
        return _succeeded(state, rules, fetched, parsed, body_hash, now, dice)
    return _failed(state, fetched.outcome.value, fetched.error, fetched, now, dice, is_near=rules.is_near)


def after_our_fault(state: State, error: str, fetched: Fetched, now: datetime, dice: float) -> Turn:
    """The answer could not be stored: the next turn tries again, from the same validators."""
    return _failed(state, OUR_FAULT, error, fetched, now, dice)


def _gone(state: State, fetched: Fetched, now: datetime) -> Turn:
    reason = "Never, unless a person resumes it: the publisher says it is gone for good (410)."
    new = _checked(state, fetched, Outcome.GONE.value, now, NextCheck(state["next_check_at"], reason))
    new |= {"life": "gone", "last_error": fetched.error, "failures": state["failures"] + 1}
    new["failing_since_at"] = state["failing_since_at"] or now
    return Turn(new, Outcome.GONE.value, error=fetched.error)


def _failed(
    state: State, kind: str, error: str, fetched: Fetched, now: datetime, dice: float, *, is_near: bool = False
) -> Turn:
    failures = state["failures"] + 1
    check = scheduling.after_failure(kind, failures, fetched.headers, now, dice, is_near=is_near)
    new = _checked(state, fetched, kind, now, check)
    new |= {
        "failures": failures,
        "failing_since_at": state["failing_since_at"] or now,
        "last_error": error,
        "last_note": "",
    }
    return Turn(new, kind, error=error, rest_until=check.hold_until)


def _succeeded(
    state: State,
    rules: Rules,
    fetched: Fetched,
    parsed: Parsed | None,
    body_hash: str,
    now: datetime,
    dice: float,
) -> Turn:
    learnt = dict(state)
    learnt |= _validators(state, fetched)
    if parsed is not None:
        learnt |= _hints(state, parsed, now)
    if fetched.ok:
        learnt["body_hash"] = body_hash
    moving, keep_address, said = _moving(state, fetched, now)
    learnt |= moving
    check = scheduling.after_success(habits(learnt, rules), fetched.headers, now, dice)
    outcome = Outcome.OK.value if parsed is not None else UNCHANGED
    new = _checked(learnt, fetched, outcome, now, check)
    note = " ".join(filter(None, [said, *(parsed.notes if parsed else ()), *(remarks(parsed, now) if parsed else ())]))
    new |= {"last_success_at": now, "failures": 0, "failing_since_at": None, "last_error": ""}
    new["last_note"] = note if parsed is not None or said else state["last_note"]
    return Turn(new, outcome, note=note, keep_address=keep_address)


def habits(state: State, rules: Rules) -> Habits:
    return Habits(
        has_validators=rules.use_validators and bool(state["etag"] or state["last_modified"]),
        staff_interval=rules.staff_seconds,
        own_gap=state["own_gap"],
        floor=state["floor_seconds"],
        skip_hours=_numbers(state["skip_hours"]),
        skip_days=_numbers(state["skip_days"]),
    )


def _checked(state: State, fetched: Fetched, outcome: str, now: datetime, check: NextCheck) -> dict[str, Any]:
    return dict(state) | {
        "next_check_at": check.at,
        "next_check_reason": check.reason[:300],
        "hold_until_at": check.hold_until,
        "last_checked_at": now,
        "last_status": fetched.status,
        "last_outcome": outcome,
    }


def _validators(state: State, fetched: Fetched) -> dict[str, Any]:
    """Word for word. A 304 may leave them out, which means that they still hold."""
    fallback = (state["etag"], state["last_modified"]) if fetched.outcome is Outcome.NOT_MODIFIED else ("", "")
    etag = fetched.headers.get("etag", fallback[0])
    last_modified = fetched.headers.get("last-modified", fallback[1])
    return {
        "etag": etag if len(etag) <= 1000 else "",
        "last_modified": last_modified if len(last_modified) <= 200 else "",
    }


def _hints(state: State, parsed: Parsed, now: datetime) -> dict[str, Any]:
    dates = [identities.sane_date(entry.dated_at, now) for entry in parsed.entries]
    known = sorted((date for date in dates if date), reverse=True)
    newest = max([*known[:1], *filter(None, [state["newest_item_at"]])], default=None)
    return {
        "floor_seconds": parsed.floor_seconds,
        "skip_hours": ",".join(map(str, parsed.skip_hours)),
        "skip_days": ",".join(map(str, parsed.skip_days)),
        "own_gap": min(scheduling.usual_gap(known[:RATE_ITEMS]), 2**31 - 1) or state["own_gap"],
        "newest_item_at": min(newest, now) if newest else None,
        "page_text": parsed.page_text,
        "hub": parsed.hub,
    }


def remarks(parsed: Parsed, now: datetime) -> list[str]:
    """What is odd about entries that are stored all the same."""
    entries = parsed.entries
    undated = sum(1 for one in entries if one.stamp is not None and not identities.sane_date(one.dated_at, now))
    linkless = sum(1 for one in entries if not one.link)
    twins = len(entries) - len({identities.of_entry(one).uid for one in entries})
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


def _moving(state: State, fetched: Fetched, now: datetime) -> tuple[dict[str, Any], str, str]:
    """A permanent redirect is believed after three sightings over two days (a captive portal says 301, too)."""
    target = fetched.moved_to
    if not target:
        return {"moved_to": "", "moved_seen": 0, "moved_since_at": None}, "", ""
    known = state["moved_to"] == target
    seen = state["moved_seen"] + 1 if known else 1
    since = state["moved_since_at"] if known and state["moved_since_at"] else now
    if seen >= MOVE_SIGHTINGS and now - since >= MOVE_AFTER:
        moved = {"moved_to": "", "moved_seen": 0, "moved_since_at": None}
        return moved, target, f"Moved for good: from now on it is read at {target}."
    moving = {"moved_to": target, "moved_seen": seen, "moved_since_at": since}
    return moving, "", f"Its server says it has moved for good to {target} (seen {seen} times)."


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(",") if part)
