"""The watch's boxes on the staff home page: what waits for an editor, which sources need a person."""

from datetime import datetime

from django.contrib.auth.models import User
from django.urls import reverse

from commitments import staffroom
from commitments.staffroom import Box, Line
from monitoring import scheduling
from monitoring.models import Source, Suggestion

SHOWN = 6


def pin_boxes() -> None:
    staffroom.pin("suggestions", suggestions, order=20)
    staffroom.pin("sources", sources, order=60)


def suggestions(user: User, now: datetime) -> Box | None:
    if not user.has_perm("monitoring.triage_suggestion"):
        return None
    rows = Suggestion.objects.waiting(now).likeliest_first().select_related("story", "commitment")
    lines = [
        Line(row.story.title, reverse("monitoring:triage_card", args=[row.pk]), f"for {row.commitment.ref}, {row.band}")
        for row in rows[:SHOWN]
    ]
    return Box("Triage", lines, rows.count(), reverse("monitoring:triage"), "No suggestion waits.")


def sources(user: User, now: datetime) -> Box | None:
    if not user.has_perm("monitoring.view_source"):
        return None
    rows = Source.objects.need_a_person(now)
    lines = [
        Line(row.title, reverse("admin:monitoring_source_change", args=[row.pk]), _trouble(row)) for row in rows[:SHOWN]
    ]
    address = reverse("admin:monitoring_source_changelist")
    return Box(
        "Sources in trouble", lines, rows.count(), address, "Every source is read, or has failed for less than a week."
    )


def _trouble(source: Source) -> str:
    if source.last_error or source.newest_item_at is None:
        return source.last_error
    usual = scheduling.said(source.own_gap)
    return f"Nothing new since {source.newest_item_at:%d %b %Y}; it used to have something about every {usual}."
