"""What machines ask: is the process alive, may it get traffic."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse

from tracker import servers


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; asks nobody else."""
    return _say("ok")


def readyz(request: HttpRequest) -> HttpResponse:
    """The database and the broker answer and every migration is applied."""
    troubles = [trouble for trouble in (_database(), _broker()) if trouble]
    return _say("\n".join(troubles), 503) if troubles else _say("ok")


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return f"database: {type(error).__name__}"
    return f"database: {len(missing)} migrations are not applied" if missing else ""


def _broker() -> str:
    from django.conf import settings

    if settings.BROKER_URL.startswith("redis") and not servers.answers(settings.BROKER_URL):
        return "broker: no answer"
    return ""


def _say(text: str, status: int = 200) -> HttpResponse:
    response = HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
