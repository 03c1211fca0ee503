"""How every public view answers: from the kept pages where it can, with a plain 400 to questions that cannot be."""

import functools
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from commitments.public import caching
from commitments.public.asking import BadRequest

View = Callable[..., HttpResponse]


def answering(view: View) -> View:
    """A view that only reads: GET and HEAD, and a `BadRequest` becomes a page (or JSON) that says what to do."""

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return caching.answer(request, lambda: refusing(view)(request, *args, **kwargs))

    return require_safe(answer)


def refusing(view: View) -> View:
    @functools.wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except BadRequest as problem:
            return refuse(request, str(problem))

    return answer


def refuse(request: HttpRequest, message: str) -> HttpResponse:
    if request.path.rsplit(".", 1)[-1] in ("json", "jsonl", "csv", "atom", "ics"):
        return JsonResponse({"error": {"code": "bad_request", "message": message}}, status=400)
    return render(request, "400.html", {"message": message}, status=400)
