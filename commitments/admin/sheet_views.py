"""CSV out, and CSV in with the difference shown first."""

import hashlib
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from commitments import editing
from commitments.admin.revising import REASON_FIELD
from commitments.models import Evidence, Measurement
from commitments.sheets import cells, evidence, measurements
from commitments.sheets.plans import Plan

MAX_BYTES = 2 * 1024 * 1024
SHOWN = 200


class UploadForm(forms.Form):
    file = forms.FileField(
        label="CSV file", help_text="With the columns of an export, in UTF-8, at most 2 MB. Nothing is written yet."
    )

    def clean_file(self) -> str:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(f"The file has {upload.size} bytes; at most {MAX_BYTES} are taken at a time.")
        try:
            return str(upload.read().decode("utf-8"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError("The file is not UTF-8; save it as “CSV UTF-8”.") from error


@require_safe
def export_evidence(request: HttpRequest) -> HttpResponse:
    return _export(request, "commitments.view_evidence", "evidence", evidence.COLUMNS, evidence.rows())


@require_safe
def export_measurements(request: HttpRequest) -> HttpResponse:
    return _export(request, "commitments.view_measurement", "measurements", measurements.COLUMNS, measurements.rows())


def _export(request: HttpRequest, permission: str, name: str, columns: Any, rows: Any) -> HttpResponse:
    if not request.user.has_perm(permission):
        raise PermissionDenied
    disposition = {"Content-Disposition": f'attachment; filename="{name}-{timezone.localdate()}.csv"'}
    body = cells.lines(columns, rows)
    return StreamingHttpResponse(body, content_type="text/csv; charset=utf-8", headers=disposition)  # type: ignore[return-value]


@require_http_methods(["GET", "HEAD", "POST"])
def import_evidence(request: HttpRequest) -> HttpResponse:
    return _import(request, Evidence, lambda text: evidence.Planner(by=request.user, now=timezone.now()).plan(text))


@require_http_methods(["GET", "HEAD", "POST"])
def import_measurements(request: HttpRequest) -> HttpResponse:
    return _import(request, Measurement, lambda text: measurements.Planner().plan(text))


def _import(request: HttpRequest, model: Any, plan: Any) -> HttpResponse:
    name = model._meta.model_name
    if not request.user.has_perms([f"commitments.add_{name}", f"commitments.change_{name}"]):
        raise PermissionDenied
    context: dict[str, Any] = {"form": UploadForm(), "name": model._meta.verbose_name_plural, "opts": model._meta}
    if request.method == "POST" and "apply" in request.POST:
        return _applied(request, context, plan)
    if request.method == "POST":
        form = context["form"] = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            context |= _planned(form.cleaned_data["file"], plan)
    return _page(request, context)


def _planned(text: str, plan: Any) -> dict[str, Any]:
    try:
        made: Plan = plan(text)
    except cells.Unreadable as error:
        return {"problem": str(error)}
    return {
        "plan": made,
        "text": text,
        "mark": _mark(made),
        "shown": made.changing[:SHOWN],
        "faulty": made.faulty[:SHOWN],
    }


def _mark(plan: Plan) -> str:
    """Tells whether the plan that was looked at is still the plan."""
    told = [(step.line, step.is_new, step.differences, step.faults) for step in plan.steps]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _applied(request: HttpRequest, context: dict[str, Any], plan: Any) -> HttpResponse:
    with transaction.atomic():
        planned = _planned(request.POST.get("text", "").replace("\r\n", "\n"), plan)
        made = planned.get("plan")
        if made is None or made.faulty or planned["mark"] != request.POST.get("mark"):
            planned.setdefault("problem", "The record changed since you looked; read the difference again.")
            return _page(request, {**context, **planned})
        reason = request.POST.get(REASON_FIELD, "").strip()
        if made.edits_public_words and not reason:
            return _page(request, {**context, **planned, "problem": editing.WHY})
        count = made.apply(reason=reason, by=request.user, now=timezone.now())
    messages.success(request, f"{count} rows written, {made.unchanged} were the same already.")
    changelist = "series" if context["opts"].model_name == "measurement" else "evidence"
    return redirect(f"admin:commitments_{changelist}_changelist")


def _page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    about = {**admin.site.each_context(request), "title": f"Import {context['name']} from CSV", **context}
    return TemplateResponse(request, "admin/commitments/import.html", about)
