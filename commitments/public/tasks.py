"""The bell for pictures. What is to be drawn stands in the table."""

from typing import Any

from celery import shared_task

from commitments.public import illustrating


@shared_task
def draw_missing_pictures(**kwargs: Any) -> int:
    return illustrating.draw_missing()
