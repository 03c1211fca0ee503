"""The bell of the post room. What is due stands in the tables; a ring that is lost or doubled changes nothing."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from commitments.digests import sending, signing_up


@shared_task
def send_due_digests(**kwargs: Any) -> int:
    """Build what is due, send what waits, forget what may be forgotten."""
    now = timezone.now()
    sending.start_run(now)
    signing_up.tidy(now)
    return sending.send_due(timezone.now)


def ring() -> None:
    """Ask for the post now. A broker that is away costs a minute and nothing else: the rows are there."""
    try:
        send_due_digests.apply_async(retry=False)
    except (send_due_digests.OperationalError, OSError):
        return
