"""The next letter before anybody gets it: read it, or send it to yourself. Nothing is stored, no reader gets it."""

from datetime import datetime

from django.core.mail import get_connection

from commitments.digests import addressing, building, composing, selecting
from commitments.digests.composing import Composed
from commitments.digests.models import DigestRun
from commitments.digests.scheduling import Period
from commitments.models import LedgerHead


def next_letter(now: datetime) -> Composed:
    """What a reader of everything would get if the week ended now."""
    schedule, last = building.schedule(), DigestRun.objects.last_of(DigestRun.Kind.WEEKLY)
    start = last.ends_at if last else schedule.boundary_before(schedule.last_boundary(now))
    period, head = Period(start, now), LedgerHead.current()
    contents = selecting.find(period, last, schedule).contents
    made = composing.compose(contents, composing.Frame(period, schedule, head.sequence, head.hash))
    return addressing.to_nobody(made)


def send_to(address: str, now: datetime) -> None:
    """Raises what the mail server raises: a test that says nothing tests nothing."""
    with get_connection(fail_silently=False) as line:
        line.send_messages([addressing.test_letter(next_letter(now), address, now)])
