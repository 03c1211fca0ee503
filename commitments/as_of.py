"""The record as it stood: on a day in the world (`on`), or as it was known at an instant (`known_at`).

Both ends are inclusive. Statuses are replayed from the ledger, words are read
backwards through the revisions; nothing here is stored.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from commitments import ledger
from commitments.models import Commitment, Revision, StatusChange
from commitments.status import Status


@dataclass(frozen=True)
class State:
    """A commitment's status on a day: `sequence` is the ledger entry that gave it, None before the first."""

    status: str
    since: date | None
    sequence: int | None

    @property
    def label(self) -> str:
        return Status(self.status).label


UNRATED = State(Status.NOT_YET_RATED, None, None)


def states(
    *, on: date | None = None, known_at: datetime | None = None, commitments: Iterable[int] | None = None
) -> dict[int, State]:
    """The state of every commitment that had one, by primary key, in one query.

    A commitment that is missing from the answer had no published change yet.
    """
    rows = StatusChange.objects.known_at(known_at).in_order()
    if commitments is not None:
        rows = rows.of(commitments)
    columns = ("commitment_id", "sequence", "status", "effective_on", "recorded_at", "corrects__sequence")
    steps: dict[int, list[ledger.Step]] = defaultdict(list)
    for commitment, *step in rows.values_list(*columns).iterator():
        steps[commitment].append(ledger.Step(*step))
    found = {commitment: state_of(own, on) for commitment, own in steps.items()}
    return {commitment: state for commitment, state in found.items() if state is not UNRATED}


def state(commitment: Commitment, *, on: date | None = None, known_at: datetime | None = None) -> State:
    return states(on=on, known_at=known_at, commitments=[commitment.pk]).get(commitment.pk, UNRATED)


def state_of(steps: list[ledger.Step], on: date | None) -> State:
    """The state that these steps of one commitment gave it on a day; `UNRATED` before the first."""
    in_force = [step for step in ledger.standing(steps) if on is None or step.effective_on <= on]
    last = ledger.state_as_of(in_force)
    if last is None:
        return UNRATED
    return State(last.status, ledger.since(in_force), last.sequence)


def words(commitment: Commitment, *, known_at: datetime) -> dict[str, str]:
    """The published text fields that have changed since an instant, with the value they had then."""
    later = Revision.objects.filter(commitment=commitment, made_at__gt=known_at).order_by("made_at", "pk")
    then: dict[str, str] = {}
    for revision in later:
        then.setdefault(revision.subject, revision.before)
    return then
