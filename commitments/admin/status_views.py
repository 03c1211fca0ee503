"""Changing a status, and deciding what somebody else proposed. Each view makes one call into the record."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from commitments.admin.status_forms import StatusForm
from commitments.models import Commitment, NeedsSecondPerson, Proposal, Refused
from commitments.models.publishing import last_change_of
from commitments.status import SCALE, Life, Status

CHANGE, PROPOSE = "commitments.change_commitment", "commitments.propose_status"
APPROVE, OVERRIDE = "commitments.approve_status", "commitments.override_review"


@require_http_methods(["GET", "HEAD", "POST"])
def change_status(request: HttpRequest, pk: int) -> HttpResponse:
    if not request.user.has_perm(PROPOSE):
        raise PermissionDenied
    commitment = get_object_or_404(Commitment, pk=pk)
    last = last_change_of(commitment)
    initial = {"seen_sequence": last.sequence if last else 0, "effective_on": timezone.localdate()}
    form = StatusForm(request.POST or None, initial=initial, commitment=commitment)
    needs_second = False
    if request.method == "POST" and form.is_valid():
        try:
            return _apply(request, commitment, form)
        except Refused as refused:
            form.explain(refused)
            needs_second = isinstance(refused, NeedsSecondPerson)
    return TemplateResponse(
        request,
        "admin/commitments/commitment/status.html",
        {
            **admin.site.each_context(request),
            "title": f"Change the status of {commitment.ref}",
            "commitment": commitment,
            "form": form,
            "needs_second": needs_second,
            "waiting": Proposal.objects.waiting().filter(commitment=commitment).first(),
            "scale": [(status, SCALE[status]) for status in Status],
            "may_publish": commitment.life != Life.DRAFT and request.user.has_perm(CHANGE),
            "opts": Commitment._meta,
        },
    )


def _apply(request: HttpRequest, commitment: Commitment, form: StatusForm) -> HttpResponse:
    details: dict[str, Any] = {**form.details(), "by": request.user, "now": timezone.now()}
    if "propose" in request.POST or not request.user.has_perm(CHANGE):
        details.pop("seen_sequence")
        commitment.propose_status(details.pop("to"), **details)
        messages.success(request, "Proposed. A reviewer who is not you can now approve it.")
    else:
        change = commitment.change_status(details.pop("to"), **details)
        messages.success(request, f"Published as entry {change.sequence} of the ledger: {change.get_status_display()}.")
    return redirect("admin:commitments_commitment_change", commitment.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = get_object_or_404(Proposal.objects.select_related("commitment", "proposed_by"), pk=pk)
    own = proposal.proposed_by_id == request.user.pk
    if not request.user.has_perm(PROPOSE if own else APPROVE):
        raise PermissionDenied
    problems: list[str] = []
    if request.method == "POST":
        try:
            return _decide(request, proposal)
        except Refused as refused:
            problems = [refusal.message for refusal in refused.refusals]
    context = {
        **admin.site.each_context(request),
        "title": f"Proposal for {proposal.commitment.ref}",
        "proposal": proposal,
        "problems": problems,
        "own": own,
        "links": proposal.commitment.evidence_links.filter(evidence__in=proposal.evidence.all()).select_related(
            "evidence"
        ),
        "may_approve": request.user.has_perm(APPROVE) and (not own or settings.FOUR_EYES == "off"),
        "may_override": request.user.has_perm(OVERRIDE) and own,
        "opts": Proposal._meta,
    }
    return TemplateResponse(request, "admin/commitments/proposal/decide.html", context)


def _decide(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    now, note = timezone.now(), request.POST.get("note", "")
    match request.POST.get("decision"):
        case "approve":
            change = proposal.approve(by=request.user, now=now)
            messages.success(request, f"Published as entry {change.sequence} of the ledger.")
        case "override" if request.user.has_perm(OVERRIDE):
            change = proposal.approve(by=request.user, now=now, override_reason=_needed(note))
            messages.warning(
                request, f"Published as entry {change.sequence} without a second person; the page says why."
            )
        case "decline":
            proposal.decline(by=request.user, now=now, note=_needed(note))
            messages.info(request, "Sent back with your reason. Nothing was published.")
        case "withdraw" if proposal.proposed_by_id == request.user.pk:
            proposal.withdraw(by=request.user, now=now)
            messages.info(request, "Withdrawn. Nothing was published.")
        case _:
            raise PermissionDenied
    return redirect("admin:commitments_commitment_change", proposal.commitment_id)


def _needed(note: str) -> str:
    from commitments.rules import Refusal

    if not note.strip():
        raise Refused([Refusal("reason_required", "Give the reason in the box; it is kept.", "note")])
    return note
