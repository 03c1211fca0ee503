"""The bells of the watch. What is due stands in the table of sources."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from monitoring import adapting, claiming, judging, polling, pushing, tidying
from monitoring.claiming import Batch


@shared_task
def poll_due_sources(**kwargs: Any) -> None:
    for batch in claiming.claim_due(timezone.now()):
        poll_batch.delay(source_ids=batch.source_ids, claim=batch.claim)


@shared_task
def poll_batch(*, source_ids: list[int], claim: str, **kwargs: Any) -> None:
    if polling.poll(Batch(tuple(source_ids), claim), timezone.now()).has_news:
        match_waiting.delay()


@shared_task
def poll_hubs(**kwargs: Any) -> None:
    pushing.ask_hubs(polling.manners(), timezone.now())


@shared_task
def clear_history(**kwargs: Any) -> None:
    tidying.clear_history(timezone.now())


@shared_task
def match_waiting(**kwargs: Any) -> None:
    judging.judge_waiting(timezone.now())


@shared_task
def match_anew_if_due(**kwargs: Any) -> None:
    adapting.adapt_if_due(timezone.now())
