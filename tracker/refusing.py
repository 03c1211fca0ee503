"""What is refused at the door: U+0000, which no text of PostgreSQL holds, and plain http where programs ask.

A browser is led on to https; a program that was led on would go on asking in the clear and nobody would notice
(ASVS 4.1.2), so it is told.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

API = "/api/"
NO_NUL = "The request holds a character that no text can hold (U+0000). Please send it without."
NO_PLAIN_HTTP = "This address answers over https only. Nothing is redirected: please mend the address that you ask."
# Where programs ask: the answer has the shape of every other refusal there.
FOR_PROGRAMS = (".json", ".jsonl", ".csv", ".atom", ".ics", ".svg")
URLENCODED = "application/x-www-form-urlencoded"


class RefuseNul:
    """Looks at the path, the question and the fields of forms. Files and signed reports may hold any byte."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return _refusal(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> HttpResponse | None:
        """Once the view is known: one that takes whole bodies must find its body unread, unless it is a plain form."""
        if request.method != "POST" or (getattr(view, "csrf_exempt", False) and request.content_type != URLENCODED):
            return None
        said = (text for name, values in request.POST.lists() for text in (name, *values))
        return _refusal(request) if any("\0" in str(text) for text in said) else None


def refuse_plain_api(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, before the one that redirects to https: 403 for the API where the site is https and this is not."""

    def answer(request: HttpRequest) -> HttpResponse:
        if settings.SECURE_SSL_REDIRECT and request.path.startswith(API) and not request.is_secure():
            return _to_a_program("https_required", NO_PLAIN_HTTP, 403)
        return get_response(request)

    return answer


def _refusal(request: HttpRequest) -> HttpResponse:
    if request.path.startswith(API) or request.path.endswith(FOR_PROGRAMS):
        return _to_a_program("bad_request", NO_NUL, 400)
    return render(request, "400.html", {"message": NO_NUL}, status=400)


def _to_a_program(code: str, message: str, status: int) -> JsonResponse:
    headers = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
    return JsonResponse({"error": {"code": code, "message": message}}, status=status, headers=headers)
