"""Synthetic records for benchmarks: many commitments with evidence and a ledger that verifies.

Rows go in by the thousand, so publishing is bypassed; the chain is built with
the same arithmetic and `verify_ledger` holds it to the same proof.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice

from django.db import transaction

from commitments import rules
from commitments.models import (
    Agreement,
    Commitment,
    Evidence,
    EvidenceLink,
    LedgerHead,
    Organisation,
    Sector,
    StatusChange,
)
from commitments.status import ReviewMode, Status

AGREEMENT = "synthetic-agreement"
EVIDENCE_EACH = 10
CHANGES_EACH = 5
BATCH = 500
SEED = 20250721
SIGNED_ON = date(2020, 1, 6)
STATUSES = (Status.IN_PROGRESS, Status.STALLED, Status.IN_PROGRESS, Status.OFF_TRACK)
VERBS = ("open", "fund", "build", "publish", "train", "pilot", "expand", "review", "connect", "replace")
THINGS = (
    "clinic", "library", "bridge", "ferry", "archive", "laboratory", "school", "harbour", "substation", "register",
    "museum", "tramline", "reservoir", "nursery", "observatory", "depot", "market", "workshop", "shelter", "orchard",
)  # fmt: skip
PLACES = (
    "Aldmere",
    "Brackwell",
    "Corrin",
    "Dunsey",
    "Elmstow",
    "Farrowby",
    "Garrick",
    "Hollin",
    "Inverley",
    "Jarrow End",
)


def real_data() -> str:
    """What real data the record holds; empty when there is none."""
    count = Commitment.objects.exclude(agreement__slug=AGREEMENT).count()
    return f"{count} commitments" if count else ""


def generate(amounts: Mapping[str, int], *, now: datetime) -> Iterator[str]:
    """Add the commitments asked for; yields a line of progress a batch."""
    wanted, done = amounts["commitments"], Commitment.objects.count()
    numbers = iter(range(done + 1, done + wanted + 1))
    while batch := list(islice(numbers, BATCH)):
        with transaction.atomic():
            _add(batch, random.Random(SEED + batch[0]), now)
        yield f"{batch[-1] - done:,} of {wanted:,} commitments"


def sentence(chance: random.Random) -> str:
    """A made-up promise; items of the synthetic wire are cut from the same cloth."""
    return f"{chance.choice(VERBS)} {chance.randint(2, 90)} {chance.choice(THINGS)} places in {chance.choice(PLACES)}"


def _add(numbers: Sequence[int], chance: random.Random, now: datetime) -> None:
    agreement, _ = Agreement.objects.get_or_create(
        slug=AGREEMENT, defaults={"title": "Synthetic agreement", "signed_on": SIGNED_ON}
    )
    rows = Commitment.objects.bulk_create([_commitment(number, chance, agreement, now) for number in numbers])
    _attach_parties(rows)
    proofs = Evidence.objects.bulk_create(
        [_evidence(row, number, now) for row in rows for number in range(EVIDENCE_EACH)]
    )
    by_row = {row.pk: proofs[at * EVIDENCE_EACH : (at + 1) * EVIDENCE_EACH] for at, row in enumerate(rows)}
    EvidenceLink.objects.bulk_create(
        EvidenceLink(evidence=proof, commitment_id=pk, stance="supports", act="action", added_at=now)
        for pk, own in by_row.items()
        for proof in own
    )
    _publish(rows, by_row, now)


def _commitment(number: int, chance: random.Random, agreement: Agreement, now: datetime) -> Commitment:
    promise = sentence(chance)
    return Commitment(
        ref=f"SYN-{number:06}", slug=f"synthetic-{number}", title=promise.capitalize(),
        statement=f"The body would {promise}.",
        agreement=agreement, firmness="intended", made_on=SIGNED_ON, life="published", published_at=now,
        due_on=SIGNED_ON + timedelta(days=chance.randint(1500, 4000)), due_precision="day", watch_terms=promise,
    )  # fmt: skip


def _attach_parties(rows: Sequence[Commitment]) -> None:
    owners = [
        Organisation.objects.get_or_create(slug=f"synthetic-{n}", defaults={"name": f"Body {n}"})[0] for n in range(20)
    ]
    sectors = [
        Sector.objects.get_or_create(slug=f"synthetic-{n}", defaults={"name": f"Sector {n}"})[0] for n in range(12)
    ]
    owned, sorted_in = Commitment.owners.through, Commitment.sectors.through
    owned.objects.bulk_create(owned(commitment=row, organisation=owners[row.pk % 20]) for row in rows)
    sorted_in.objects.bulk_create(sorted_in(commitment=row, sector=sectors[row.pk % 12]) for row in rows)


def _evidence(row: Commitment, number: int, now: datetime) -> Evidence:
    ref = f"syn-{row.pk}-{number}"
    return Evidence(
        ref=ref, origin=ref, title=f"Report {number} on {row.title}", url=f"https://register.example/{row.pk}/{number}",
        publisher=f"Gazette {number}", published_on=SIGNED_ON + timedelta(days=30 * number), tier="T1",
        added_at=now, imported=True,
    )  # fmt: skip


def _publish(rows: Sequence[Commitment], proofs: Mapping[int, Sequence[Evidence]], now: datetime) -> None:
    head = LedgerHead.locked()
    changes: list[StatusChange] = []
    for row in rows:
        own = proofs[row.pk]
        for number in range(CHANGES_EACH):
            change = _change(row, number, own[number], head, now)
            head.sequence, head.hash = change.sequence, change.hash
            changes.append(change)
    StatusChange.objects.bulk_create(changes)
    cited = StatusChange.evidence.through
    cited.objects.bulk_create(
        cited(statuschange=change, evidence=proofs[change.commitment_id][at % CHANGES_EACH])
        for at, change in enumerate(changes)
    )
    head.save(update_fields=["sequence", "hash"])
    _derive(rows, changes)


def _change(row: Commitment, number: int, proof: Evidence, head: LedgerHead, now: datetime) -> StatusChange:
    change = StatusChange(
        sequence=head.sequence + 1, previous_hash=head.hash, commitment=row, kind="update" if number else "initial",
        from_status=STATUSES[(number - 1) % 4] if number else "", status=STATUSES[number % 4], reason="Synthetic.",
        effective_on=proof.published_on, recorded_at=now, evidence_snapshot=[proof.as_ledger_entry()],
        review_mode=ReviewMode.IMPORTED, imported_from="synthetic", record_sha256="0" * 64,
    )  # fmt: skip
    change.weigh([rules.Proof(proof.ref, proof.tier, proof.origin, proof.publisher, proof.published_on)])
    change.seal()
    return change


def _derive(rows: Sequence[Commitment], changes: Sequence[StatusChange]) -> None:
    for at, row in enumerate(rows):
        last = changes[(at + 1) * CHANGES_EACH - 1]
        row.status, row.status_since, row.status_reason = last.status, last.effective_on, last.reason
        row.last_change = last
        row.last_evidence_on = row.last_seen_on = SIGNED_ON + timedelta(days=30 * (EVIDENCE_EACH - 1))
    Commitment.objects.bulk_update(
        rows, ["status", "status_since", "status_reason", "last_change", "last_evidence_on", "last_seen_on"]
    )
