"""Forms for strangers: no cookie, hence no token in one. The browser says where a form came from instead."""

import functools
from collections.abc import Callable
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

FROM_ELSEWHERE = "This form was sent from another site. Please send it from here."


def is_own(*, fetched_from: str, origin: str, host: str) -> bool:
    """Whether a form came from our own page, by Sec-Fetch-Site or, in older browsers, by Origin.

    A program that says neither is let through: it carries nobody's cookie, so there is nothing that it could borrow.
    """
    if fetched_from:
        return fetched_from in ("same-origin", "none")
    return not origin or urlsplit(origin).netloc == host


def came_from_here(request: HttpRequest) -> bool:
    return is_own(
        fetched_from=request.headers.get("Sec-Fetch-Site", ""),
        origin=request.headers.get("Origin", ""),
        host=request.get_host(),
    )


def own_forms_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """In place of the CSRF token, which would need a cookie: a POST from another site is answered with 403."""

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method == "POST" and not came_from_here(request):
            raise PermissionDenied(FROM_ELSEWHERE)
        return view(request, *args, **kwargs)

    return csrf_exempt(answer)
