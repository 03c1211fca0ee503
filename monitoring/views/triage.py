"""The inbox: a list, one card, and what an editor can do with it. Plain forms; the keys only press their buttons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from commitments.models import Commitment
from commitments.status import Act, Stance, Tier
from monitoring import reviewing, showing, stories
from monitoring.models import Item, ReasonCode, Story, Suggestion
from monitoring.reviewing import AlreadyDecided, CannotUndo, Verdict

MAY = "monitoring.triage_suggestion"
SNOOZES = (1, 7, 30)
PRECISION_FOR = timedelta(days=90)


def editors(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For staff who may triage; a value that no form of ours sends is answered with 400."""

    @wraps(view)
    def guarded(request: HttpRequest, **given: Any) -> HttpResponse:
        try:
            return view(request, **given)
        except ValueError as wrong:
            return HttpResponseBadRequest(f"Something in the form cannot be read: {wrong}", content_type="text/plain")

    return staff_member_required(permission_required(MAY, raise_exception=True)(guarded))


def me(request: HttpRequest) -> User:
    return cast(User, request.user)


@require_safe
@editors
def inbox(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    now, wanted = timezone.now(), showing.read_wanted(request.GET)
    rows = showing.inbox(wanted, now)
    chosen = pk if pk is not None else next((row.pk for row in rows), None)
    shown = Suggestion.objects.with_story().numbered(chosen) if chosen is not None else None
    if pk is not None and shown is None:
        raise Http404("This suggestion is gone.")
    before, after = showing.neighbours(rows, chosen) if chosen else (None, None)
    context = {
        "title": "Triage",
        "rows": rows,
        "card": showing.card(shown) if shown else None,
        "before": before,
        "after": after,
        "wanted": wanted,
        "query": urlencode(wanted.as_query()),
        "waiting": Suggestion.objects.waiting(now).count(),
        "snoozed": Suggestion.objects.snoozed(now).count(),
        **choices_of_forms(),
        **showing.choices(),
    }
    return page(request, "inbox", context)


def choices_of_forms() -> dict[str, Any]:
    return {
        "stances": Stance.choices,
        "acts": Act.choices,
        "tiers": Tier.choices,
        "reasons": ReasonCode.choices,
        "snoozes": SNOOZES,
    }


def page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, f"monitoring/triage/{name}.html", {**admin.site.each_context(request), **context})


@require_POST
@editors
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    given = request.POST
    verdict = Verdict(
        stance=Stance(given.get("stance", "")),
        act=Act(given.get("act", "")),
        tier=Tier(given.get("tier", "")),
        fact=given.get("fact", "")[:2000],
    )
    return _decide(
        request,
        pk,
        lambda version: reviewing.accept(pk, version=version, verdict=verdict, by=me(request), now=timezone.now()),
        "Accepted as evidence.",
    )


@require_POST
@editors
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    code = ReasonCode(request.POST.get("reason", ""))
    return _decide(
        request,
        pk,
        lambda version: reviewing.dismiss(pk, version=version, reason_code=code, by=me(request), now=timezone.now()),
        f"Dismissed: {code.label.lower()}.",
    )


@require_POST
@editors
def snooze(request: HttpRequest, pk: int) -> HttpResponse:
    days = int(request.POST.get("days", "7"))
    now = timezone.now()
    if days not in SNOOZES:
        raise ValueError(f"{days} days cannot be chosen")
    return _decide(
        request,
        pk,
        lambda version: reviewing.snooze(
            pk, version=version, until=now + timedelta(days=days), by=me(request), now=now
        ),
        f"Put off for {days} day{'s' if days > 1 else ''}.",
    )


@require_POST
@editors
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    target = get_object_or_404(Commitment.objects.watched(), pk=request.POST.get("commitment") or 0)
    return _decide(
        request,
        pk,
        lambda version: reviewing.assign(pk, version=version, to=target, by=me(request), now=timezone.now()),
        f"Assigned to {target}.",
    )


def _decide(request: HttpRequest, pk: int, verb: Callable[[int], object], said: str) -> HttpResponse:
    """One decision; the next card of the list is where the editor goes on."""
    rows = showing.inbox(showing.read_wanted(request.POST), timezone.now())
    _, after = showing.neighbours(rows, pk)
    try:
        verb(int(request.POST.get("version", "-1")))
    except AlreadyDecided as taken:
        messages.warning(request, str(taken))
    else:
        messages.success(request, said, extra_tags="undoable")
    return _back(request, after)


def _back(request: HttpRequest, card: int | None = None) -> HttpResponse:
    asked = request.POST.get("next", "")
    if asked and url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure()):
        return HttpResponseRedirect(asked)
    query = urlencode(showing.read_wanted(request.POST).as_query())
    address = reverse("monitoring:triage_card", args=[card]) if card else reverse("monitoring:triage")
    return HttpResponseRedirect(f"{address}?{query}" if query else address)


@require_POST
@editors
def undo(request: HttpRequest) -> HttpResponse:
    try:
        taken_back = reviewing.undo(by=me(request), now=timezone.now())
    except CannotUndo as cannot:
        messages.warning(request, str(cannot))
        return _back(request)
    messages.info(request, f"Taken back: {len(taken_back)} decision{'s' if len(taken_back) > 1 else ''}.")
    return _back(request, taken_back[0].suggestion_id)


@require_POST
@editors
def dismiss_many(request: HttpRequest) -> HttpResponse:
    pairs = [value.partition(":") for value in request.POST.getlist("chosen")]
    wanted = [(int(pk), int(version)) for pk, _, version in pairs]
    code = ReasonCode(request.POST.get("reason", ""))
    done, refused = reviewing.dismiss_all(wanted, reason_code=code, by=me(request), now=timezone.now())
    for text in refused:
        messages.warning(request, text)
    if done:
        messages.success(request, f"{len(done)} dismissed: {code.label.lower()}.", extra_tags="undoable")
    elif not refused:
        messages.warning(request, "Nothing was chosen: tick the boxes in the list first.")
    return _back(request)


@require_POST
@editors
def split(request: HttpRequest, item: int) -> HttpResponse:
    row = get_object_or_404(Item.objects.select_related("source"), pk=item)
    story = stories.split(row, now=timezone.now())
    messages.info(request, f"“{story}” is a story of its own now.")
    return _back(request, _card_of(request))


@require_POST
@editors
def merge(request: HttpRequest) -> HttpResponse:
    into = get_object_or_404(Story, pk=request.POST.get("into") or 0)
    other = get_object_or_404(Story, pk=request.POST.get("story") or 0)
    stories.merge([other], into=into)
    messages.info(request, f"Now one story: “{into}”.")
    return _back(request)


def _card_of(request: HttpRequest) -> int | None:
    value = request.POST.get("card", "")
    return int(value) if value.isdigit() else None


@require_safe
@editors
def figures(request: HttpRequest) -> HttpResponse:
    rows = showing.precision(timezone.now() - PRECISION_FOR)
    return page(request, "figures", {"title": "How often suggestions are right", "figures": rows, "days": 90})
