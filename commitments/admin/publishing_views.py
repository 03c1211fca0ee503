"""Making a draft public, and withdrawing a record whose address keeps answering."""

from inspect import unwrap

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import resolve
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from commitments.models import Commitment
from commitments.status import Life

PUBLISH = "commitments.publish_commitment"


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    commitment = _permitted(request, pk)
    if request.method == "POST":
        commitment.publish(now=timezone.now())
        messages.success(request, f"{commitment.ref} is public now.")
        return redirect("admin:commitments_commitment_change", pk)
    return _page(request, commitment, "publish", f"Publish {commitment.ref}")


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    commitment = _permitted(request, pk)
    reason = request.POST.get("reason", "").strip()
    if request.method == "POST" and reason and commitment.life == Life.PUBLISHED:
        commitment.withdraw(reason=reason, now=timezone.now())
        messages.warning(request, f"{commitment.ref} is withdrawn; its address answers with the reason.")
        return redirect("admin:commitments_commitment_change", pk)
    return _page(request, commitment, "withdraw", f"Withdraw {commitment.ref}", missing=request.method == "POST")


@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The public page as readers will get it: published for the length of this request, then taken back.

    The page's own view is called past its cache, so that nothing of a draft is kept anywhere.
    """
    commitment = _permitted(request, pk)
    request.GET = QueryDict()  # the page of today: a draft has no past to be read as of
    with transaction.atomic():
        if commitment.life == Life.DRAFT:
            commitment.publish(now=timezone.now())
        view = resolve(commitment.get_absolute_url())
        answer: HttpResponse = unwrap(view.func)(request, *view.args, **view.kwargs)
        transaction.set_rollback(True)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _permitted(request: HttpRequest, pk: int) -> Commitment:
    if not request.user.has_perm(PUBLISH):
        raise PermissionDenied
    return get_object_or_404(Commitment, pk=pk)


def _page(
    request: HttpRequest, commitment: Commitment, action: str, title: str, *, missing: bool = False
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": title,
        "commitment": commitment,
        "missing": missing,
        "missing_parts": list(_missing(commitment)),
        "opts": Commitment._meta,
    }
    return TemplateResponse(request, f"admin/commitments/commitment/{action}.html", context)


def _missing(commitment: Commitment) -> list[str]:
    """What a reader would miss; a warning, not a refusal."""
    parts = {
        "an owner": commitment.owners,
        "a wording with its source": commitment.wordings,
        "a criterion (“Met if …”)": commitment.criteria,
    }
    return [name for name, rows in parts.items() if not rows.exists()]
