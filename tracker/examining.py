"""What `manage.py doctor` looks at: each finding says what is wrong and how to mend it. Changes nothing."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.core import checks
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from tracker import gauges, servers

LITTLE_SPACE = 500 * 1024 * 1024


@dataclass(frozen=True)
class Finding:
    what: str
    remedy: str


def examine(now: datetime) -> Iterator[tuple[str, list[Finding]]]:
    """Name and findings of each part, in the order in which faults cause each other."""
    parts: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
        ("settings", _settings),
        ("disk", _disk),
        ("database", _database),
    ]
    for name, look in parts:
        yield name, list(look())
    if next(_database(), None):
        return
    yield "ledger", list(_ledger())
    yield "people", list(_people())
    yield "broker", list(_broker())
    yield "work", list(_work(now))


def _settings() -> Iterator[Finding]:
    for message in checks.run_checks(include_deployment_checks=not settings.EMBEDDED):
        if message.level >= checks.WARNING and not message.is_silenced():
            yield Finding(message.msg, message.hint or f"See the check {message.id}.")


def _disk() -> Iterator[Finding]:
    folder = settings.VAR_DIR
    if not folder.exists() or not os.access(folder, os.W_OK):
        yield Finding(
            f"{folder} cannot be written.", "Make it writable for this user, or set VAR_DIR to a folder that is."
        )
        return
    free = shutil.disk_usage(folder).free
    if free < LITTLE_SPACE:
        yield Finding(f"Only {free // 1024**2} MB are free at {folder}.", "Free some space or move VAR_DIR.")


def _database() -> Iterator[Finding]:
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        yield Finding(f"The database does not answer: {first}", "Start it, or correct DATABASE_URL.")
        return
    if missing:
        yield Finding(f"{len(missing)} migrations are not applied.", "Run: python3 manage.py migrate")


def _ledger() -> Iterator[Finding]:
    with open(os.devnull, "w") as nowhere:
        try:
            call_command("verify_ledger", stdout=nowhere, stderr=nowhere)
        except (CommandError, SystemExit) as error:
            yield Finding(
                f"The ledger does not verify: {error}", "Restore the last backup whose head the digests name."
            )


def _people() -> Iterator[Finding]:
    if not User.objects.filter(is_superuser=True, is_active=True).exists():
        yield Finding("Nobody can administer the site.", "Run: python3 manage.py createsuperuser")


def _broker() -> Iterator[Finding]:
    url = settings.BROKER_URL
    if url.startswith("redis") and not servers.answers(url):
        yield Finding("The broker does not answer.", "Start Redis, or correct REDIS_URL. Nothing is lost meanwhile.")


def _work(now: datetime) -> Iterator[Finding]:
    for gauge in gauges.read(now):
        if gauge.wrong:
            yield Finding(
                f"{gauge.name} is {gauge.value:g}, more than {gauge.limit:g}: {gauge.meaning}.",
                "Is the tracker running (`manage.py up`, or beat and the workers)? See docs/operating.md.",
            )
