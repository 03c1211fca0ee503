"""The timetable, and how workers behave.

Celery only rings the bell. What is due stands in the database, so a ring that
is lost, late or doubled changes nothing: the next one finds the same work.
"""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, task_received, worker_ready
from celery.worker import state
from kombu.connection import Connection

from tracker import listening, servers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

TIMETABLE: dict[str, dict[str, Any]] = {
    "every minute, poll the sources that are due": {
        "task": "monitoring.tasks.poll_due_sources",
        "schedule": 60,
    },
    "every ten minutes, ask the hubs of feeds to tell us of news": {
        "task": "monitoring.tasks.poll_hubs",
        "schedule": 600,
    },
    "every five minutes, judge items whose bell was lost": {
        "task": "monitoring.tasks.match_waiting",
        "schedule": 300,
    },
    "every five minutes, go on with back-fills whose worker fell": {
        "task": "monitoring.tasks.match_backfills",
        "schedule": 300,
    },
    "every hour, learn from the editors if a day has passed": {
        "task": "monitoring.tasks.match_anew_if_due",
        "schedule": 3600,
    },
    "every hour, read a sample of the evidence again": {
        "task": "monitoring.tasks.reread_evidence",
        "schedule": 3600,
    },
    "every day, forget the history of old fetches": {
        "task": "monitoring.tasks.clear_history",
        "schedule": 86_400,
    },
    "every minute, build and send the digests that are due": {
        "task": "commitments.digests.tasks.send_due_digests",
        "schedule": 60,
    },
    "every minute, draw the social cards that are missing": {
        "task": "commitments.public.tasks.draw_missing_pictures",
        "schedule": 60,
    },
}
QUEUES = ("poll", "match", "mail", "default")  # apart, so that slow pages never hold up letters
ROUTES = {
    "monitoring.tasks.poll*": {"queue": "poll"},
    "monitoring.tasks.reread*": {"queue": "poll"},
    "monitoring.tasks.match*": {"queue": "match"},
    "commitments.digests.tasks.*": {"queue": "mail"},
}

for queue in QUEUES:
    TIMETABLE[f"every minute, hear whether a worker of the queue {queue} is awake"] = {
        "task": "tracker.tasks.hear",
        "schedule": 60,
        "kwargs": {"queue": queue},
        "options": {"queue": queue},
    }

app = Celery("tracker")


def behave(settings: Any) -> dict[str, Any]:
    return {
        "broker_url": settings.BROKER_URL,
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": _transport(settings),
        "beat_schedule": TIMETABLE,
        # The base scheduler keeps nothing on disk: what is due is never read from beat's memory.
        "beat_scheduler": "celery.beat:Scheduler",
        "task_default_queue": "default",
        "task_routes": ROUTES,
        "task_ignore_result": True,
        "task_acks_late": True,  # a killed worker's task is given to another
        "task_reject_on_worker_lost": True,  # the same when only its child process dies
        "worker_prefetch_multiplier": 1,  # take one task at a time: nothing waits behind a slow one
        "task_soft_time_limit": 240,
        "task_time_limit": 300,  # well inside the visibility time-out, or a task would run twice
        "worker_soft_shutdown_timeout": settings.WORKER_SOFT_SHUTDOWN,
        "worker_max_tasks_per_child": 500,  # gives back memory that parsers lose
        "worker_hijack_root_logger": False,
        "worker_send_task_events": False,
        "timezone": "UTC",
    }


def _transport(settings: Any) -> dict[str, Any]:
    if settings.BROKER_URL.startswith("filesystem:"):
        folder = str(settings.VAR_DIR / "queue")
        os.makedirs(folder, exist_ok=True)
        return {"data_folder_in": folder, "data_folder_out": folder, "control_folder": folder}
    if settings.BROKER_URL.startswith("memory:"):
        return {}
    return {
        "visibility_timeout": 600,
        # Celery's own defaults look for lost tasks so rarely that recovery takes minutes longer.
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_keepalive": True,
        "health_check_interval": 25,
    }


@beat_init.connect
def ring_once_at_the_start(sender: Any = None, **kwargs: Any) -> None:
    """The first ring comes with the start, not a minute later."""
    for entry in TIMETABLE.values():
        app.send_task(entry["task"], kwargs=entry.get("kwargs"), **entry.get("options", {}))


@worker_ready.connect
def watch_for_deafness(sender: Any = None, **kwargs: Any) -> None:
    """A worker that hears nothing while messages wait ends itself; whoever keeps it running starts another."""
    from django.conf import settings

    queues = [queue.name for queue in sender.task_consumer.queues]
    ear = listening.Ear(lambda: bool(state.reserved_requests), lambda: servers.waiting(settings.BROKER_URL, queues))
    task_received.connect(lambda **kwargs: ear.note(), weak=False)
    listening.start(ear)


def guard_against_the_connection_loss_bug() -> None:
    """Celery 5.7.0 ends its worker when the broker's connection drops while an `acks_late` task runs.

    It collects the connection and then closes its channels again; the second close asks the
    transport that is already gone for unacknowledged messages. Skip that second close.
    """
    original = Connection.maybe_close_channel

    def close_unless_collected(self: Connection, channel: Any) -> Any:
        if getattr(channel.connection, "client", self) is None:
            return None
        return original(self, channel)

    Connection.maybe_close_channel = close_unless_collected  # type: ignore[method-assign]


guard_against_the_connection_loss_bug()


def _configure() -> dict[str, Any]:
    from django.conf import settings

    return behave(settings)


app.add_defaults(_configure)
app.autodiscover_tasks()
