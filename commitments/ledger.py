"""The ledger as arithmetic: canonical JSON, the hash chain, replay and proof.

Plain values in, plain values out. A row's hash covers every public fact of the
change and the hash of the row before, so that no row can be altered, removed or
slipped in without breaking every later hash.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

GENESIS_HASH = "0" * 64
FORMAT = "commitment-tracker-ledger/1"


def canonical(entry: Mapping[str, Any]) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces: the same facts give the same bytes (after RFC 8785)."""
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(entry: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of the canonical bytes; `entry` must not hold its own hash."""
    return hashlib.sha256(canonical(entry)).hexdigest()


def stamp(moment: datetime) -> str:
    """An instant as ISO 8601 in UTC with microseconds, the one spelling that is hashed."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(frozen=True)
class Fault:
    """The first bad row of a chain and what is wrong with it."""

    sequence: int
    problem: str

    def __str__(self) -> str:
        return f"row {self.sequence}: {self.problem}"


@dataclass(frozen=True)
class Verdict:
    """What a walk over the chain found: `head` is the hash of the last good row."""

    rows: int
    head: str
    fault: Fault | None = None
    seen_head: bool = False


def verify(entries: Iterable[tuple[Mapping[str, Any], str]], *, earlier_head: str = "") -> Verdict:
    """Walk `(entry, stored hash)` in sequence order and stop at the first bad row.

    With `earlier_head` the verdict says whether that hash is the head of a
    prefix of this chain (the genesis hash is the head of the empty prefix).
    """
    previous, rows, seen = GENESIS_HASH, 0, earlier_head == GENESIS_HASH
    for entry, stored in entries:
        problem = _problem(entry, stored, expected=rows + 1, previous=previous)
        if problem:
            return Verdict(rows, previous, Fault(entry["sequence"], problem), seen)
        previous, rows = stored, rows + 1
        seen = seen or stored == earlier_head
    return Verdict(rows, previous, None, seen)


def _problem(entry: Mapping[str, Any], stored: str, *, expected: int, previous: str) -> str:
    if entry["sequence"] != expected:
        return f"sequence jumps to {entry['sequence']} where {expected} was expected: a row is missing or was added"
    if entry["previous_hash"] != previous:
        return f"previous hash {entry['previous_hash'][:12]}… does not match the row before ({previous[:12]}…)"
    if digest(entry) != stored:
        return f"contents do not match the stored hash {stored[:12]}…: the row was altered"
    return ""


@dataclass(frozen=True)
class Step:
    """A published change as replay sees it. `corrects` is the sequence of the change it corrects."""

    sequence: int
    status: str
    effective_on: date
    recorded_at: datetime
    corrects: int | None = None


def standing(steps: Sequence[Step]) -> Iterator[Step]:
    """The steps of one commitment, in order, less those that a correction replaced.

    A correction replaces the change it points at when that was the last one
    standing; pointing further back it only adds a note about the past.
    """
    kept: list[Step] = []
    for step in sorted(steps, key=lambda s: s.sequence):
        if step.corrects is not None and kept and kept[-1].sequence == step.corrects:
            kept.pop()
        kept.append(step)
    return iter(kept)


def state_as_of(steps: Iterable[Step], *, on: date | None = None, known_at: datetime | None = None) -> Step | None:
    """The step in force on a day (`on`, inclusive), as it was known at an instant (`known_at`, inclusive).

    None where nothing had taken effect yet. Without `on`, the last one standing.
    """
    known = [step for step in steps if known_at is None or step.recorded_at <= known_at]
    in_force = [step for step in standing(known) if on is None or step.effective_on <= on]
    return max(in_force, key=lambda step: (step.effective_on, step.sequence), default=None)


def since(steps: Sequence[Step]) -> date | None:
    """The day the present status took effect: the first of the unbroken run of equal statuses at the end."""
    began: date | None = None
    last = state_as_of(steps)
    for step in sorted(standing(steps), key=lambda s: (s.effective_on, s.sequence), reverse=True):
        if last is None or step.status != last.status:
            break
        began = step.effective_on
    return began


def step_of(entry: Mapping[str, Any]) -> Step:
    """A ledger entry, as printed in `/ledger.jsonl`, as a step for replay."""
    return Step(
        sequence=entry["sequence"],
        status=entry["status"],
        effective_on=date.fromisoformat(entry["effective_on"]),
        recorded_at=datetime.strptime(entry["recorded_at"], "%Y-%m-%dT%H:%M:%S.%f%z"),
        corrects=entry["corrects"],
    )
