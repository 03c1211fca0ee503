"""What a source's row becomes after a fetch. Pure: the old state, the result, the clock and the dice are given.

Every way out of a fetch ends here, so every way out stores when to ask next and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitoring import announcing, identities, moving, remarking, scheduling
from monitoring.fetching import Fetched, Outcome
from monitoring.parsing import Parsed
from monitoring.scheduling import Habits, NextCheck

UNREADABLE = "unreadable"
UNCHANGED = "unchanged"
OUR_FAULT = "our_fault"
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
    """What staff set for the source, and what else is known of it beside its row."""

    staff_seconds: int = 0
    use_validators: bool = True
    is_near: bool = False
    is_pushed: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What asking came to, and when. `parsed` is None when the bytes were the same as last time, or there were none."""

    fetched: Fetched
    now: datetime
    dice: float
    parsed: Parsed | None = None
    body_hash: str = ""


def after(state: State, rules: Rules, answer: Answer) -> Turn:
    fetched, parsed = answer.fetched, answer.parsed
    if fetched.outcome is Outcome.GONE:
        return _gone(state, answer)
    if fetched.ok and parsed is not None and parsed.error:
        return _failed(state, OUR_FAULT if parsed.is_our_fault else UNREADABLE, parsed.error, answer)
    if fetched.ok or fetched.outcome is Outcome.NOT_MODIFIED:
        return _succeeded(state, rules, answer)
    return _failed(state, fetched.outcome.value, fetched.error, answer, is_near=rules.is_near)


def after_our_fault(state: State, error: str, answer: Answer) -> Turn:
    """The answer could not be stored: the next turn tries again, from the same validators."""
    return _failed(state, OUR_FAULT, error, answer)


def _gone(state: State, answer: Answer) -> Turn:
    reason = "Never, unless a person resumes it: the publisher says it is gone for good (410)."
    new = _checked(state, answer, Outcome.GONE.value, NextCheck(state["next_check_at"], reason))
    new |= {"last_error": answer.fetched.error, "failures": state["failures"] + 1}
    new["failing_since_at"] = state["failing_since_at"] or answer.now
    return Turn(new, Outcome.GONE.value, error=answer.fetched.error)


def _failed(state: State, kind: str, error: str, answer: Answer, *, is_near: bool = False) -> Turn:
    failures, headers = state["failures"] + 1, answer.fetched.headers
    check = scheduling.after_failure(kind, failures, headers, answer.now, answer.dice, is_near=is_near)
    new = _checked(state, answer, kind, check)
    new |= {
        "failures": failures,
        "failing_since_at": state["failing_since_at"] or answer.now,
        "last_error": error,
        "last_note": "",
    }
    return Turn(new, kind, error=error, rest_until=check.hold_until)


def _succeeded(state: State, rules: Rules, answer: Answer) -> Turn:
    fetched, parsed, now = answer.fetched, answer.parsed, answer.now
    learnt = dict(state) | _validators(state, fetched)
    if parsed is not None:
        learnt |= _hints(state, parsed, now)
    learnt |= announcing.hub_and_topic(fetched)
    if fetched.ok:
        learnt["body_hash"] = answer.body_hash
    seen = moving.seen(state, fetched.moved_to, now)
    learnt |= seen.state
    check = scheduling.after_success(habits(learnt, rules), fetched.headers, now, answer.dice)
    outcome = Outcome.OK.value if parsed is not None else UNCHANGED
    new = _checked(learnt, answer, outcome, check)
    note = " ".join(filter(None, [seen.said, *(remarking.all_of(parsed, now) if parsed else ())]))
    new |= {"last_success_at": now, "failures": 0, "failing_since_at": None, "last_error": ""}
    new["last_note"] = note if parsed is not None or seen.said else state["last_note"]
    return Turn(new, outcome, note=note, keep_address=seen.keep_address)


def habits(state: State, rules: Rules) -> Habits:
    return Habits(
        has_validators=rules.use_validators and bool(state["etag"] or state["last_modified"]),
        staff_interval=rules.staff_seconds,
        is_pushed=rules.is_pushed,
        own_gap=state["own_gap"],
        floor=state["floor_seconds"],
        skip_hours=_numbers(state["skip_hours"]),
        skip_days=_numbers(state["skip_days"]),
    )


def _checked(state: State, answer: Answer, outcome: str, check: NextCheck) -> dict[str, Any]:
    return dict(state) | {
        "next_check_at": check.at,
        "next_check_reason": check.reason[:300],
        "hold_until_at": check.hold_until,
        "last_checked_at": answer.now,
        "last_status": answer.fetched.status,
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
        "topic": parsed.topic,
    }


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(",") if part)
