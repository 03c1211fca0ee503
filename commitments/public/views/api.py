"""The read-only API: the same values as the pages, in pages of their own, open to every origin."""

import base64
import binascii
import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from commitments.public import (
    asking,
    caching,
    describing,
    exporting,
    finding,
    gathering,
    listing,
    selecting,
    summarising,
)
from commitments.public import unfolding as pages_of
from commitments.public.asking import BadRequest

CORS = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
ALLOWED = "GET, HEAD, OPTIONS"


def endpoint(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """Answers JSON always: errors have one shape, every method but reading is refused in it."""

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={**CORS, "Allow": ALLOWED, "Access-Control-Allow-Methods": ALLOWED})
        if request.method not in ("GET", "HEAD"):
            message = f"{request.method} is not offered here; the API only reads."
            return error("method_not_allowed", message, 405, Allow=ALLOWED)
        return caching.answer(request, lambda: _made(view, request, *args, **kwargs))

    return answer


def _made(view: Callable[..., Any], request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    try:
        found = view(request, *args, **kwargs)
    except BadRequest as problem:
        return error("bad_request", str(problem), 400)
    except Http404 as problem:
        return error("not_found", str(problem), 404)
    return found if isinstance(found, HttpResponse) else JsonResponse(found, headers=CORS)


def error(code: str, message: str, status: int, **headers: str) -> HttpResponse:
    return JsonResponse({"error": {"code": code, "message": message}}, status=status, headers={**CORS, **headers})


def write_cursor(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def read_cursor(request: HttpRequest) -> str:
    """The place a cursor stands for; empty without one. Raises `BadRequest` for one that is none of ours."""
    cursor = request.GET.get("cursor", "")
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise BadRequest("“cursor” must be the “next_cursor” of an earlier answer.") from None


def _limit(request: HttpRequest) -> int:
    return asking.whole(request, "limit", default=describing.LIMIT_DEFAULT, most=describing.LIMIT_MOST)


@endpoint
def commitments(request: HttpRequest) -> dict[str, Any]:
    moment, after, limit = asking.moment(request), read_cursor(request), _limit(request)
    selection = selecting.checked(selecting.read(request.GET))
    chosen = [row for row in selecting.choose(listing.rows(moment), selection) if row.ref > after]
    shown = chosen[:limit]
    return {
        "data": [exporting.record(row, site_url=settings.SITE_URL) for row in shown],
        "next_cursor": write_cursor(shown[-1].ref) if len(chosen) > limit else None,
    }


@endpoint
def commitment(request: HttpRequest, slug: str) -> dict[str, Any] | HttpResponse:
    moment = asking.moment(request)
    found = finding.commitment(slug)
    if found.is_withdrawn:
        return error("withdrawn", f"{found.commitment.ref} was withdrawn. {found.commitment.life_note}".strip(), 410)
    return exporting.whole(pages_of.dossier(found.commitment, moment), moment, site_url=settings.SITE_URL)


@endpoint
def changes(request: HttpRequest) -> dict[str, Any]:
    moment, place, limit = asking.moment(request), read_cursor(request), _limit(request)
    if place and not (place.isascii() and place.isdigit() and len(place) < 13):
        raise BadRequest("“cursor” must be the “next_cursor” of an earlier answer.")
    found = gathering.changes(moment, before=int(place) if place else None, latest=True, limit=limit + 1)
    shown = found[:limit]
    return {
        "data": [exporting.change(entry, site_url=settings.SITE_URL) for entry in shown],
        "next_cursor": write_cursor(str(shown[-1].sequence)) if len(found) > limit else None,
    }


@endpoint
def parties(request: HttpRequest, kind: str) -> dict[str, Any]:
    groups = summarising.groups(listing.rows(asking.moment(request)), finding.OF[kind])
    return {
        "data": [
            exporting.party(group.party, path=kind, site_url=settings.SITE_URL, count=group.count) for group in groups
        ]
    }


@endpoint
def head(request: HttpRequest) -> dict[str, Any]:
    asking.refuse_past(request, "the head is that of the whole ledger; /ledger.jsonl has its entries as of a day.")
    sequence, last = gathering.head()
    return {"sequence": sequence, "hash": last}


@endpoint
def openapi(request: HttpRequest) -> dict[str, Any]:
    asking.refuse_past(request, "the description is that of the present API.")
    return describing.openapi(site=settings.SITE_NAME, site_url=settings.SITE_URL)


@endpoint
def index(request: HttpRequest) -> HttpResponse:
    """The page that explains the API to people."""
    described = describing.openapi(site=settings.SITE_NAME, site_url=settings.SITE_URL)
    operations = [(path, entry["get"]) for path, entry in described["paths"].items()]
    context = {"moment": asking.present(), "operations": operations, "site_url": settings.SITE_URL}
    return render(request, "public/api.html", context)


@endpoint
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    return error("not_found", f"There is no “{rest[:80]}” in this API; see {settings.SITE_URL}/api/v1/.", 404)
