"""The record's own boxes on the staff home page."""

from datetime import datetime

from django.contrib.auth.models import User
from django.urls import reverse

from commitments import staffroom
from commitments.models import Commitment, Evidence, Proposal
from commitments.staffroom import Box, Line

SHOWN = 6


def pin_boxes() -> None:
    staffroom.pin("waiting", waiting, order=10)
    staffroom.pin("overdue", overdue, order=30)
    staffroom.pin("stale", stale, order=40)
    staffroom.pin("changed_sources", changed_sources, order=60)


def waiting(user: User, now: datetime) -> Box | None:
    if not user.has_perm("commitments.approve_status"):
        return None
    rows = Proposal.objects.waiting_for(user).select_related("commitment", "proposed_by")
    lines = [
        Line(
            f"{row.commitment.ref}: {row.get_status_display()}",
            reverse("admin:commitments_proposal_decide", args=[row.pk]),
            f"proposed by {row.proposed_by}",
        )
        for row in rows[:SHOWN]
    ]
    url = reverse("admin:commitments_proposal_changelist") + "?state__exact=open"
    return Box("Waiting for my approval", lines, rows.count(), url, "Nobody waits for you.")


def overdue(user: User, now: datetime) -> Box | None:
    rows = Commitment.objects.published().overdue(now.date()).order_by("due_on")
    lines = [_line(row, f"due {row.due_on:%-d %b %Y}") for row in rows[:SHOWN]]
    return _box(user, "Overdue", lines, rows.count(), "overdue", "No deadline has passed.")


def stale(user: User, now: datetime) -> Box | None:
    rows = Commitment.objects.published().stale(now.date()).order_by("last_seen_on")
    lines = [
        _line(row, f"last seen {row.last_seen_on:%-d %b %Y}" if row.last_seen_on else "never assessed")
        for row in rows[:SHOWN]
    ]
    return _box(user, "Silent for 180 days", lines, rows.count(), "stale", "Every open record was looked at lately.")


def changed_sources(user: User, now: datetime) -> Box | None:
    rows = Evidence.objects.source_lost()
    lines = [
        Line(row.title, reverse("admin:commitments_evidence_change", args=[row.pk]), row.source_said)
        for row in rows[:SHOWN]
    ]
    if not user.has_perm("commitments.view_evidence") or not lines:
        return None
    return Box("Evidence whose source changed or went", lines, rows.count())


def _line(row: Commitment, note: str) -> Line:
    return Line(str(row), reverse("admin:commitments_commitment_change", args=[row.pk]), note)


def _box(user: User, title: str, lines: list[Line], count: int, flag: str, empty: str) -> Box | None:
    if not user.has_perm("commitments.view_commitment"):
        return None
    url = reverse("admin:commitments_commitment_changelist") + f"?flag={flag}"
    return Box(title, lines, count, url, empty)
