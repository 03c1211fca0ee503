"""U+0000 is refused at the door with 400: PostgreSQL holds it in no text, and no field of ours means anything by it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

MESSAGE = "The request holds a character that no text can hold (U+0000). Please send it without."
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


def _refusal(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/") or request.path.endswith(FOR_PROGRAMS):
        headers = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
        return JsonResponse({"error": {"code": "bad_request", "message": MESSAGE}}, status=400, headers=headers)
    return render(request, "400.html", {"message": MESSAGE}, status=400)
