"""Proving that the ledger and everything derived from it agree, in one pass over the rows."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from commitments import ledger
from commitments.models import Commitment, LedgerHead, StatusChange


@dataclass(frozen=True)
class Audit:
    """Outcome of an audit: `problem` names the first bad row, empty when all is well."""

    rows: int
    head: str
    problem: str = ""


def audit(*, earlier_head: str = "") -> Audit:
    """Check the chain, the cited evidence, the head row and every commitment's derived status.

    With `earlier_head` also prove that a head published earlier is a prefix of
    today's ledger. Memory is bounded by the number of commitments, not of rows.
    """
    replay = Replay()
    verdict = ledger.verify(replay.watching(StatusChange.objects.entries()), earlier_head=earlier_head)
    problem = str(verdict.fault) if verdict.fault else ""
    if not problem and earlier_head and not verdict.seen_head:
        problem = f"the head {earlier_head[:12]}… is not in this ledger: it was cut off, rewritten or is another one"
    problem = problem or _head_problem(verdict) or _citation_problem() or replay.problem()
    return Audit(verdict.rows, verdict.head, problem)


class Replay:
    """Rebuilds the present status of every commitment from the entries that pass by."""

    def __init__(self) -> None:
        self.steps: dict[str, list[ledger.Step]] = defaultdict(list)

    def watching(self, entries: Iterator[tuple[dict[str, Any], str]]) -> Iterator[tuple[dict[str, Any], str]]:
        for entry, stored in entries:
            self.steps[entry["commitment"]].append(ledger.step_of(entry))
            yield entry, stored

    def problem(self) -> str:
        """The first commitment whose stored status is not what its entries give."""
        columns = ("ref", "status", "status_since", "last_change__sequence")
        for ref, status, since, sequence in Commitment.objects.order_by("ref").values_list(*columns).iterator():
            steps = self.steps.get(ref, [])
            expected = (steps[-1].status, steps[-1].sequence) if steps else ("not_yet_rated", None)
            if (status, sequence) != expected:
                told = f"{expected[0]} (entry {expected[1]})"
                return f"{ref}: stored status {status} (entry {sequence}) but the ledger says {told}"
            if since != ledger.since(steps):
                return f"{ref}: stored since {since} but the ledger says {ledger.since(steps)}"
        return ""


def _head_problem(verdict: ledger.Verdict) -> str:
    head = LedgerHead.current()
    if (head.sequence, head.hash) == (verdict.rows, verdict.head):
        return ""
    return (
        f"the head row says {head.sequence} {head.hash[:12]}… but the last entry is {verdict.rows} {verdict.head[:12]}…"
    )


def _citation_problem() -> str:
    """The first entry whose linked evidence differs from the evidence it was published with."""
    through = StatusChange.evidence.through.objects
    linked: dict[int, set[str]] = defaultdict(set)
    for sequence, ref in through.values_list("statuschange__sequence", "evidence__ref").iterator():
        linked[sequence].add(ref)
    for sequence, snapshot in StatusChange.objects.in_order().values_list("sequence", "evidence_snapshot").iterator():
        if {item["ref"] for item in snapshot} != linked.get(sequence, set()):
            return f"row {sequence}: the linked evidence is not the evidence it was published with"
    return ""
