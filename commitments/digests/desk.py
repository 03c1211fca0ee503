"""The post room's box on the staff home page: the last letter and the next one."""

from datetime import datetime

from django.contrib.auth.models import User
from django.urls import reverse

from commitments import staffroom
from commitments.digests import building
from commitments.digests.models import DigestRun, Subscriber
from commitments.digests.scheduling import WEEK
from commitments.staffroom import Box, Line


def pin_boxes() -> None:
    staffroom.pin("digest", digest, order=70)


def digest(user: User, now: datetime) -> Box | None:
    if not user.has_perm("digests.view_digestrun"):
        return None
    schedule = building.schedule()
    # Half a week past the last boundary plus a week is safely inside the next period, whatever the clocks do.
    ahead = schedule.last_boundary(schedule.last_boundary(now) + WEEK + WEEK / 2)
    readers = Subscriber.objects.reachable().count()
    lines = [Line(f"Next letter {ahead.astimezone(schedule.zone):%A %-d %B, %H:%M}", note=f"to {readers} readers")]
    last = DigestRun.objects.last_of(DigestRun.Kind.WEEKLY)
    if last:
        address = reverse("admin:digests_digestrun_change", args=[last.pk])
        lines.append(Line(str(last), address, f"{last.total} letters, {last.get_state_display().lower()}"))
    return Box("Weekly letter", lines, readers, reverse("admin:digests_digestrun_changelist"))
