"""`python -m tests.platform.upgrading APP…`: from the first migration of each app, with rows, to the last of all."""

import sys
from datetime import UTC, date, datetime
from typing import Any

import django

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
DAY = date(2025, 7, 21)


def fill(then: Any) -> None:
    """One row of what matters, through the models as they were."""
    promise = _promise(then)
    proof = then.get_model("commitments", "Evidence").objects.create(
        ref="ev-1", title="Lease", url="https://r.example/1", publisher="Register", published_on=DAY, tier="T1",
        origin="ev-1", added_at=NOW,
    )  # fmt: skip
    then.get_model("commitments", "EvidenceLink").objects.create(
        evidence=proof, commitment=promise, stance="supports", act="action", added_at=NOW
    )
    _change(then, promise, proof)
    host = then.get_model("monitoring", "HostState").objects.create(name="n.example")
    source = then.get_model("monitoring", "Source").objects.create(
        address="https://n.example/feed", title="News", host=host, next_check_at=NOW
    )
    then.get_model("monitoring", "Item").objects.create(
        source=source, uid="1", content_hash="1", title="Office", link="https://n.example/1", first_seen_at=NOW,
        published_at=NOW,
    )  # fmt: skip
    then.get_model("digests", "Subscriber").objects.create(
        email="rosa@example.org", key="0" * 32, state="active", created_at=NOW, confirmed_at=NOW
    )


def _promise(then: Any) -> Any:
    agreement = then.get_model("commitments", "Agreement").objects.create(slug="pact", title="The pact", signed_on=DAY)
    return then.get_model("commitments", "Commitment").objects.create(
        ref="T-1", slug="office", title="Office", statement="A bigger office.", agreement=agreement,
        firmness="intended", made_on=DAY, life="published", published_at=NOW,
    )  # fmt: skip


def _change(then: Any, promise: Any, proof: Any) -> None:
    """An entry of the ledger, sealed by today's rule: what the format promises holds for old rows too."""
    from commitments import ledger
    from commitments.models import Evidence, StatusChange

    change = then.get_model("commitments", "StatusChange")(
        sequence=1, previous_hash=ledger.GENESIS_HASH, commitment=promise, kind="initial", status="in_progress",
        reason="Signed.", effective_on=DAY, recorded_at=NOW, proof_t1=1, review_mode="not_required",
        evidence_snapshot=[Evidence.as_ledger_entry(proof)],
    )  # fmt: skip
    change.hash = ledger.digest(StatusChange.as_entry(change))
    change.save(force_insert=True)
    change.evidence.add(proof)
    promise.status, promise.status_since, promise.status_reason = change.status, DAY, change.reason
    promise.last_change = change
    promise.save()
    head = then.get_model("commitments", "LedgerHead").objects
    head.update_or_create(pk=1, defaults={"sequence": 1, "hash": change.hash})


def main(apps: list[str]) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    first = [(app, "0001_initial") for app in apps]
    MigrationExecutor(connection).migrate(first)
    fill(MigrationExecutor(connection).loader.project_state(first).apps)
    call_command("migrate", verbosity=0)
    call_command("verify_ledger")
    from commitments.digests.models import Subscriber
    from commitments.models import StatusChange
    from monitoring.models import Item

    counts = StatusChange.objects.count(), Subscriber.objects.count(), Item.objects.count()
    print("{} change, {} reader, {} item, and the ledger holds".format(*counts))


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1:])
