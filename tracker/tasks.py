"""The frame's bell: proof that beat, broker and a worker of each queue are alive, kept in the database."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from tracker import pinging
from tracker.models import Bell


@shared_task
def hear(*, queue: str, **kwargs: Any) -> None:
    Bell.objects.heard(queue, timezone.now())
    pinging.ping(queue)
