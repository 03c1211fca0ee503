"""Staff pages about the next letter: how it reads, how it looks, and one copy to yourself."""

import smtplib

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from commitments.digests import previewing
from commitments.digests.models import DigestRun

# A letter brings its own styles; nothing else of it may load, run or be sent from here.
ONLY_STYLES = (
    "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups; base-uri 'none'; frame-ancestors 'none'"
)
MAY_READ, MAY_SEND = "digests.view_digestrun", "digests.release_run"


@require_safe
@permission_required(MAY_READ, raise_exception=True)
def next_letter(request: HttpRequest) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": "The next letter, as of now",
        "letter": previewing.next_letter(timezone.now()),
        "may_send": request.user.has_perm(MAY_SEND),
        "opts": DigestRun._meta,
    }
    return TemplateResponse(request, "admin/digests/digestrun/next.html", context)


@require_safe
@permission_required(MAY_READ, raise_exception=True)
def next_html(request: HttpRequest) -> HttpResponse:
    html = previewing.next_letter(timezone.now()).html
    return HttpResponse(html, headers={"Content-Security-Policy": ONLY_STYLES})


@require_POST
@permission_required(MAY_SEND, raise_exception=True)
def send_test(request: HttpRequest) -> HttpResponse:
    """To the address of whoever asks and to no other: this is no way to write to people."""
    address = request.user.email if isinstance(request.user, User) else ""
    if not address:
        messages.error(request, "Your account has no e-mail address. An operator can enter one.")
        return redirect("admin:digests_next")
    try:
        previewing.send_to(address, timezone.now())
    except (OSError, smtplib.SMTPException) as trouble:
        messages.error(request, f"The mail server did not take it: {trouble}")
    else:
        messages.success(request, f"A test letter is on its way to {address}.")
    return redirect("admin:digests_next")
