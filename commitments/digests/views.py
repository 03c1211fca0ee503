"""Pages of the post room. No GET changes anything: mail scanners open every link.

The forms carry no CSRF token on purpose: nobody is signed in here, pages set no
cookie that could hold one, authority comes with the link. Where a form came from
is asked of the browser instead (`own_forms_only`), but for one-click unsubscribing.
"""

from typing import Any

from anymail.signals import AnymailTrackingEvent, tracking
from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from commitments.digests import contents, reporting, signing_up, tasks, tokens
from commitments.digests.forms import ManageForm, SignUpForm, named
from commitments.digests.models import DigestRun, Subscriber
from commitments.digests.models.consenting import WORDING
from commitments.origins import own_forms_only


@own_forms_only  # a stranger's page must not sign its visitors up; nobody has a cookie here that could hold a token
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    form = SignUpForm(request.POST or None, initial={"shown": tokens.stamp(now), "about": named(request.GET)})
    if request.method == "POST" and form.is_valid():
        if not signing_up.looks_automatic(form.cleaned_data["shown"], form.cleaned_data["website"], now):
            signing_up.ask(form.wish(), network=_address_of(request), page=request.path, now=now)
            transaction.on_commit(tasks.ring)
        return redirect("digests:check_your_post")
    return render(request, "digests/sign_up.html", {"form": form, "wording": WORDING, "last": _last_run()})


def _address_of(request: HttpRequest) -> str:
    """Whom the sign-up limits count: the same address as lock-outs, behind our own proxy too."""
    address: str = import_string(settings.CLIENT_ADDRESS)(request)
    return address


def _last_run() -> DigestRun | None:
    return DigestRun.objects.public().first()


@require_safe
def check_your_post(request: HttpRequest) -> HttpResponse:
    return render(request, "digests/check_your_post.html")


@own_forms_only  # the link is the permission, and only its reader has it; other sites' forms are refused all the same
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    if request.method == "POST":
        reader = signing_up.confirm(token, timezone.now())
        status = 200 if reader else 410
        manage = reader.manage_token(timezone.now()) if reader else ""
        return render(request, "digests/confirmed.html", {"reader": reader, "manage": manage}, status=status)
    return render(request, "digests/confirm.html", {"genuine": tokens.is_confirm(token)})


@csrf_exempt  # mail programs post here from wherever they stand (RFC 8058); the link is the permission
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    reader = signing_up.leaving(token)
    if reader is None:
        return render(request, "digests/unknown_link.html", status=404)
    if request.method == "POST":
        signing_up.leave(reader, timezone.now())
        return render(request, "digests/unsubscribed.html")
    return render(request, "digests/unsubscribe.html")


@own_forms_only  # the link is the permission; a page that learnt it could still not press its buttons
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest, token: str) -> HttpResponse:
    reader = signing_up.managing(token, timezone.now())
    if reader is None:
        return render(request, "digests/unknown_link.html", status=404)
    if request.method == "POST":
        return _act(request, reader, token)
    return render(request, "digests/manage.html", _managed(reader, ManageForm(reader=reader)))


def _managed(reader: Subscriber, form: ManageForm) -> dict[str, Any]:
    return {"form": form, "reader": reader}


def _act(request: HttpRequest, reader: Subscriber, token: str) -> HttpResponse:
    action = request.POST.get("action", "")
    if action == "erase":
        signing_up.erase(reader, timezone.now())
        return render(request, "digests/erased.html")
    if action == "download":
        answer = JsonResponse(signing_up.data_of(reader), json_dumps_params={"indent": 2})
        answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
        return answer
    if action in ("pause", "resume"):
        signing_up.pause(reader, action == "pause")
    elif action == "save":
        form = ManageForm(request.POST, reader=reader)
        if not form.is_valid():
            return render(request, "digests/manage.html", _managed(reader, form), status=400)
        signing_up.choose(
            reader, form.choices("weekly"), form.choices("alert"), form.cleaned_data["wants_quiet_letter"]
        )
    return redirect("digests:manage", token=token)


@csrf_exempt  # a mail service calls it: believed by its signature, and it has no session
def reports(request: HttpRequest) -> HttpResponse:
    """Bounces and complaints from the mail service that the settings name, signed with the secret they name."""
    if not settings.MAIL_REPORTS_SECRET:
        raise Http404
    answer: HttpResponse = reporting.view_of(settings.MAIL_SERVICE, settings.MAIL_REPORTS_SECRET)(request)
    return answer


@receiver(tracking)
def take_report(event: AnymailTrackingEvent, **kwargs: Any) -> None:
    reporting.take(event, timezone.now())


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    return render(request, "digests/archive.html", {"runs": DigestRun.objects.public()[:104]})


@require_safe
def past(request: HttpRequest, number: int) -> HttpResponse:
    run = get_object_or_404(DigestRun.objects.public(), pk=number)
    context = {"run": run, "contents": contents.from_json(run.contents), "zone": settings.DIGEST_ZONE}
    return render(request, "digests/past.html", context)
