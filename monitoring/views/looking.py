"""Trying a watch query, looking through what matched nothing, back-filling a commitment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from commitments.models import Commitment
from monitoring import backfilling, looking, reviewing, tasks
from monitoring.looking import Looked
from monitoring.models import Backfill, Item
from monitoring.views.triage import editors, me, page

_PREVIEWED = 8


@require_safe
@editors
def search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "")
    unmatched = request.GET.get("unmatched") == "yes"
    days = _days(request.GET.get("days", ""))
    found = looking.look(query, timezone.now(), unmatched_only=unmatched, period=timedelta(days=days))
    context: dict[str, Any] = {
        "title": "Look through the items",
        "found": found,
        "unmatched": unmatched,
        "days": days,
        "periods": looking.PERIODS,
        "backfills": Backfill.objects.latest_asked(),
        "commitments": Commitment.objects.watched().order_by("ref"),
    }
    return page(request, "search", context)


def _days(asked: str) -> int:
    return next((days for days, _ in looking.PERIODS if str(days) == asked), looking.PERIOD.days)


@require_POST
@editors
def suggest(request: HttpRequest, item: int) -> HttpResponse:
    row = get_object_or_404(Item.objects.select_related("source"), pk=item)
    commitment = get_object_or_404(Commitment.objects.watched(), pk=request.POST.get("commitment") or 0)
    suggestion, is_new = reviewing.suggest(row, commitment, by=me(request), now=timezone.now())
    if not is_new:
        messages.info(request, f"{commitment} knew this story already.")
    return redirect("monitoring:triage_card", pk=suggestion.pk)


@require_safe
@editors
def preview(request: HttpRequest) -> JsonResponse:
    """For the field in the admin: what the query finds now, or where it goes wrong."""
    found = looking.look(request.GET.get("q", ""), timezone.now())
    return JsonResponse(_as_json(found))


def _as_json(found: Looked) -> dict[str, Any]:
    return {
        "error": found.error,
        "at": found.at,
        "count": found.count,
        "read": found.read,
        "items": [
            {"title": hit.item.title, "publisher": hit.item.said_by, "on": f"{hit.item.dated_at:%-d %b %Y}"}
            for hit in found.hits[:_PREVIEWED]
        ],
    }


@require_POST
@editors
def backfill(request: HttpRequest) -> HttpResponse:
    commitment = get_object_or_404(Commitment.objects.watched(), pk=request.POST.get("commitment") or 0)
    backfilling.ask(commitment, by=me(request), now=timezone.now())
    transaction.on_commit(tasks.ring_for_backfills)
    messages.info(request, f"The stored items are being looked through for {commitment}; this page says how far it is.")
    return redirect("monitoring:triage_search")
