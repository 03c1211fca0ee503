"""System checks: what an operator would otherwise learn from a reader's complaint."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

LONGEST_HIDDEN = 900  # seconds
# What the way of working rests on, and what breaks without it. `tracker/celery.py` sets it.
RELIED_ON = {
    "task_acks_late": (True, "a killed worker's task would be lost until the next ring"),
    "task_reject_on_worker_lost": (True, "a killed child's task would be lost until the next ring"),
    "worker_prefetch_multiplier": (1, "tasks would wait behind a slow one while other workers idle"),
    "task_ignore_result": (True, "results would fill the broker"),
}


@register()
def check_the_workers(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a Celery configuration in which a task may be lost, or run twice because it outlives its visibility."""
    from tracker.celery import app

    wrong = [
        (f"{name} is {getattr(app.conf, name)!r}, not {wanted!r}", why)
        for name, (wanted, why) in RELIED_ON.items()
        if getattr(app.conf, name) != wanted
    ]
    hidden = app.conf.broker_transport_options.get("visibility_timeout")
    if hidden is not None and not app.conf.task_time_limit < hidden <= LONGEST_HIDDEN:
        why = "a task that runs longer than it is hidden is given out twice; one hidden for long is missed for long"
        wrong.append((f"a task may run {app.conf.task_time_limit} s and is hidden for {hidden} s", why))
    return [
        Error(f"Workers would not be reliable: {what}.", hint=f"Mend tracker/celery.py: {why}.", id="tracker.E005")
        for what, why in wrong
    ]


# What is wrong, asked of the settings as they are when the check runs, and what to say then.
UNFIT_TO_DEPLOY: list[tuple[Callable[[], object], CheckMessage]] = [
    (
        lambda: settings.ALLOW_PRIVATE_NETWORKS,
        Error(
            "The fetcher may reach private networks.",
            hint="Leave ALLOW_PRIVATE_NETWORKS unset: a feed could make the server read your internal pages.",
            id="tracker.E001",
        ),
    ),
    (
        lambda: settings.ON_SQLITE,
        Warning(
            "SQLite serves one machine only.",
            hint="Set DATABASE_URL to a PostgreSQL before you start a second worker elsewhere.",
            id="tracker.W002",
        ),
    ),
    (
        lambda: not settings.BROKER_URL.startswith("redis"),
        Warning(
            "The queue is a folder on this machine.",
            hint="Set REDIS_URL, for example redis://broker:6379/0.",
            id="tracker.W003",
        ),
    ),
    (
        lambda: settings.SECURE_PROXY_SSL_HEADER and not settings.PROXIES,
        Warning(
            "Every visitor counts as the proxy in front.",
            hint="Set PROXIES to the number of your proxies that add to X-Forwarded-For: else one stranger's wrong "
            "passwords lock a name for everybody.",
            id="tracker.W006",
        ),
    ),
    (
        lambda: settings.CONTACT_EMAIL.endswith("@localhost"),
        Warning(
            "Readers and publishers have nobody to write to.",
            hint="Set CONTACT_EMAIL: it signs letters and names the fetcher to the sites that it reads.",
            id="tracker.W004",
        ),
    ),
]


@register(Tags.security, deploy=True)
def check_the_deployment(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [message for is_wrong, message in UNFIT_TO_DEPLOY if is_wrong()]
