"""System checks: what an operator would otherwise learn from a reader's complaint."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def check_the_deployment(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.ALLOW_PRIVATE_NETWORKS:
        found.append(
            Error(
                "The fetcher may reach private networks.",
                hint="Leave ALLOW_PRIVATE_NETWORKS unset: a feed could make the server read your internal pages.",
                id="tracker.E001",
            )
        )
    if settings.ON_SQLITE:
        found.append(
            Warning(
                "SQLite serves one machine only.",
                hint="Set DATABASE_URL to a PostgreSQL before you start a second worker elsewhere.",
                id="tracker.W002",
            )
        )
    if not settings.BROKER_URL.startswith("redis"):
        found.append(
            Warning(
                "The queue is a folder on this machine.",
                hint="Set REDIS_URL, for example redis://broker:6379/0.",
                id="tracker.W003",
            )
        )
    if settings.CONTACT_EMAIL.endswith("@localhost"):
        found.append(
            Warning(
                "Readers and publishers have nobody to write to.",
                hint="Set CONTACT_EMAIL: it signs letters and names the fetcher to the sites that it reads.",
                id="tracker.W004",
            )
        )
    return found
