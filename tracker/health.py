"""What machines ask: is the process alive, may it get traffic."""

import hmac

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from tracker import gauges, servers


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; asks nobody else."""
    return _say("ok")


def readyz(request: HttpRequest) -> HttpResponse:
    """The database and the broker answer and every migration is applied."""
    troubles = _troubles()
    return _say("\n".join(troubles), 503) if troubles else _say("ok")


def statusz(request: HttpRequest) -> HttpResponse:
    """Whether the work gets done, with 503 when it does not. The figures themselves are for those who may see them."""
    troubles = _troubles()
    found = [] if troubles else gauges.read(timezone.now())
    wrong = [gauge for gauge in found if gauge.wrong]
    said: dict[str, object] = {"ok": not troubles and not wrong, "wrong": troubles + [gauge.name for gauge in wrong]}
    if may_see_figures(request):
        said["figures"] = {gauge.name: {"value": gauge.value, "limit": gauge.limit} for gauge in found}
    response = JsonResponse(said, status=200 if said["ok"] else 503)
    response.headers["Cache-Control"] = "no-store"
    return response


def metrics(request: HttpRequest) -> HttpResponse:
    """The same figures for Prometheus."""
    if not may_see_figures(request):
        return _say("Send `Authorization: Bearer` with the METRICS_TOKEN of this installation.", 403)
    lines = []
    for gauge in gauges.read(timezone.now()):
        lines += [f"# HELP tracker_{gauge.name} {gauge.meaning}", f"# TYPE tracker_{gauge.name} gauge"]
        lines += [f"tracker_{gauge.name} {gauge.value:g}"]
    return _say("\n".join(lines))


def may_see_figures(request: HttpRequest) -> bool:
    """Staff, whoever holds the token, and everybody where nothing is configured."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    known = settings.METRICS_TOKEN
    holds_it = bool(known) and scheme == "Bearer" and hmac.compare_digest(token.encode(), known.encode())
    return settings.EMBEDDED or holds_it or request.user.is_staff


def _troubles() -> list[str]:
    return [trouble for trouble in (_database(), _broker()) if trouble]


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return f"database: {type(error).__name__}"
    return f"database: {len(missing)} migrations are not applied" if missing else ""


def _broker() -> str:
    if settings.BROKER_URL.startswith("redis") and not servers.answers(settings.BROKER_URL):
        return "broker: no answer"
    return ""


def _say(text: str, status: int = 200) -> HttpResponse:
    response = HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
