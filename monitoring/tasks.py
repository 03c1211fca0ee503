"""The bells of the watch. What is due stands in the table of sources."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from monitoring import adapting, backfilling, claiming, judging, polling, pushing, rereading, tidying

# A bell that nobody has heard by the next ring is worth nothing: that ring counts anew.
BELL_SECONDS = 55


@shared_task
def poll_due_sources(**kwargs: Any) -> None:
    """Ring for as many workers as what is due would fill. Nothing is promised to a bell, so none can be lost."""
    for _ in range(claiming.batches_due(timezone.now())):
        poll_batch.apply_async(expires=BELL_SECONDS)


@shared_task
def poll_batch(**kwargs: Any) -> None:
    now = timezone.now()
    batch = claiming.claim_batch(now)
    if batch and polling.poll(batch, now, goes_on=True).has_news:
        match_waiting.delay()


@shared_task
def poll_hubs(**kwargs: Any) -> None:
    pushing.ask_hubs(polling.manners(), timezone.now())


@shared_task
def clear_history(**kwargs: Any) -> None:
    tidying.clear_history(timezone.now())


@shared_task
def reread_evidence(**kwargs: Any) -> None:
    rereading.reread(timezone.now())


@shared_task
def match_waiting(**kwargs: Any) -> None:
    judging.judge_waiting(timezone.now())


@shared_task
def match_backfills(**kwargs: Any) -> None:
    backfilling.work(timezone.now())


def ring_for_backfills() -> None:
    """Ask for a worker now. A broker that is away costs five minutes and nothing else: the request is a row."""
    try:
        match_backfills.apply_async(retry=False)
    except (match_backfills.OperationalError, OSError):
        return


@shared_task
def match_anew_if_due(**kwargs: Any) -> None:
    adapting.adapt_if_due(timezone.now())
