"""Security headers on every answer. A view that needs another policy sets its own header first.

They stand here and not only in Django's own middleware, because an answer made
before that middleware has run (a wrong host, say) would otherwise go without.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
# A font or a style sheet opens nothing and asks for no camera: on every first visit the long policies would only weigh.
OF_A_PART = {
    **{name: value for name, value in HEADERS.items() if name != "Permissions-Policy"},
    "Content-Security-Policy": "default-src 'none'",
}
PARTS_OF_A_DOCUMENT = ("font/", "text/css")
# What staff and subscribers see belongs in no shared cache and not in the browser's after signing out.
PRIVATE_AREAS = ("/admin/", "/staff/", "/digest/confirm/", "/digest/manage/", "/digest/unsubscribe/")


def security_headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_part = response.headers.get("Content-Type", "").startswith(PARTS_OF_A_DOCUMENT)
        for name, value in (OF_A_PART if is_part else HEADERS).items():
            response.headers.setdefault(name, value)
        if settings.HTTPS:
            response.headers.setdefault("Strict-Transport-Security", _https_only())
        if request.path.startswith(PRIVATE_AREAS):
            response.headers["Cache-Control"] = "no-store, private"
        return response

    return answer


def _https_only() -> str:
    return f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
