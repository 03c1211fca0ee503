"""Readers and news for tests of the post room."""

from datetime import UTC, date, datetime, timedelta

from commitments.digests.models import Subscriber
from commitments.models import Commitment
from tests.record.builders import commitment, evidence, person

MONDAY = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)  # 08:00 in London too: summer time ended the week before
TUESDAY = MONDAY - timedelta(days=6)


def reader(
    email: str = "rosa@example.org", scope: str = "everything", target: int | None = None, **fields
) -> Subscriber:
    row = Subscriber.objects.create(email=email, state="active", created_at=TUESDAY, confirmed_at=TUESDAY, **fields)
    row.add_choice("weekly", scope, target)
    return row


def news(of: Commitment | None = None, at: datetime = TUESDAY, status: str = "in_progress") -> Commitment:
    """A status change published at an instant."""
    row = of or commitment(title="A bigger office", slug="office", ref="T-OFFICE")
    proof = evidence(row, title="Lease signed", url="https://register.example/lease", publisher="Land Registry", now=at)
    row.change_status(
        status,
        reason="The lease was signed.",
        evidence=[proof],
        by=person("erin"),
        effective_on=date(2025, 8, 1),
        now=at,
    )
    return row
