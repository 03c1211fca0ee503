"""The watch's box on the staff home page: what waits for an editor."""

from datetime import datetime

from django.contrib.auth.models import User
from django.urls import reverse

from commitments import staffroom
from commitments.staffroom import Box, Line
from monitoring.models import Suggestion

SHOWN = 6


def pin_boxes() -> None:
    staffroom.pin("suggestions", suggestions, order=20)


def suggestions(user: User, now: datetime) -> Box | None:
    if not user.has_perm("monitoring.triage_suggestion"):
        return None
    rows = Suggestion.objects.waiting(now).likeliest_first().select_related("story", "commitment")
    lines = [
        Line(row.story.title, reverse("monitoring:triage_card", args=[row.pk]), f"for {row.commitment.ref}, {row.band}")
        for row in rows[:SHOWN]
    ]
    return Box("Triage", lines, rows.count(), reverse("monitoring:triage"), "No suggestion waits.")
