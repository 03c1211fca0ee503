"""One commitment, one page."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone

from commitments import telling
from commitments.admin import inlines, publishing_views, revising, status_views
from commitments.admin.filters import FlagFilter, WaitingFilter
from commitments.models import Commitment, Measurement, Proposal
from commitments.status import Life


@admin.register(Commitment)
class CommitmentAdmin(admin.ModelAdmin):
    form = revising.CommitmentForm
    change_form_template = "admin/commitments/commitment/change_form.html"
    object_history_template = "admin/commitments/commitment/history.html"
    list_display = ["ref", "title", "owner_names", "status", "due_on", "last_seen_on", "flag_names", "life"]
    list_display_links = ["ref", "title"]
    list_filter = [
        "status",
        WaitingFilter,
        FlagFilter,
        "life",
        ("owners", admin.RelatedOnlyFieldListFilter),
        ("sectors", admin.RelatedOnlyFieldListFilter),
        "agreement",
        "firmness",
    ]
    search_fields = ["ref", "title", "statement", "owners__name"]
    autocomplete_fields = ["agreement", "owners", "sectors", "parent"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = inlines.ALL
    list_per_page = 50
    show_full_result_count = False
    save_on_top = True
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("ref", "slug"),
                    "title",
                    "statement",
                    "owners",
                    "owner_note",
                    ("agreement", "parent"),
                    "sectors",
                ]
            },
        ),
        (
            "How firm, and by when",
            {
                "fields": [
                    ("firmness", "hedge"),
                    ("wording_source", "in_agreement", "binding"),
                    ("made_on", "made_on_note"),
                    ("due_on", "due_precision"),
                    "due_note",
                ]
            },
        ),
        ("What to watch for", {"fields": ["watch_terms", "watch_query"]}),
        ("This edit", {"fields": [revising.REASON_FIELD]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Commitment]:
        return Commitment.objects.with_parties().prefetch_related("conflicts")

    @admin.display(description="owner")
    def owner_names(self, row: Commitment) -> str:
        return ", ".join(str(owner) for owner in row.owners.all())

    @admin.display(description="flags")
    def flag_names(self, row: Commitment) -> str:
        return ", ".join(name.replace("_", " ") for name in row.flags(timezone.localdate()).names)

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "commitments_commitment_"
        return [
            path("<int:pk>/status/", wrap(status_views.change_status), name=f"{name}status"),
            path("<int:pk>/publish/", wrap(publishing_views.publish), name=f"{name}publish"),
            path("<int:pk>/preview/", wrap(publishing_views.preview), name=f"{name}preview"),
            path("<int:pk>/withdraw/", wrap(publishing_views.withdraw), name=f"{name}withdraw"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        context = {**(extra_context or {}), **(self._about(row) if row else {})}
        return super().change_view(request, object_id, form_url, context)

    def _about(self, row: Commitment) -> dict[str, Any]:
        return {
            "commitment": row,
            "flags": row.flags(timezone.localdate()).names,
            "open_proposal": Proposal.objects.waiting().filter(commitment=row).first(),
            "points": Measurement.objects.filter(series__commitment=row).select_related("series", "evidence"),
            "series": row.series.all(),
            "events": telling.history(row, most=20),
        }

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        events = telling.history(row) if row else []
        return super().history_view(request, object_id, {**(extra_context or {}), "events": events})

    def get_prepopulated_fields(self, request: HttpRequest, obj: Commitment | None = None) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields

    def has_delete_permission(self, request: HttpRequest, obj: Commitment | None = None) -> bool:
        """A once-public address never disappears: only drafts can be deleted."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or (obj.life == Life.DRAFT and not obj.status_changes.exists()))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def save_model(self, request: HttpRequest, obj: Commitment, form: ModelForm, change: bool) -> None:
        if not change:
            obj.save()
            messages.info(request, "Saved as a draft; nobody outside sees it until it is published.")
            return
        request.parties_before = revising.party_names(obj)  # type: ignore[attr-defined]
        revising.revise_fields(obj, form, request)

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: BaseInlineFormSet, change: bool) -> None:
        for row in formset.save(commit=False):
            if hasattr(row, "added_at") and row.added_at is None:
                row.added_at = timezone.now()
        formset.save()
        revising.record_rows(formset, form.cleaned_data[revising.REASON_FIELD], request)

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.instance.refresh_last_seen()
        if change:
            reason = form.cleaned_data[revising.REASON_FIELD]
            revising.record_parties(form.instance, request.parties_before, reason, request)  # type: ignore[attr-defined]
