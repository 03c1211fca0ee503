"""Evidence: typed by hand or accepted from the watch, the same thing."""

from typing import Any

from django import forms
from django.contrib import admin
from django.forms import ModelForm
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone

from commitments.admin import revising, sheet_views
from commitments.models import Evidence, EvidenceLink, StatusChange
from commitments.models.proof import EvidenceQuerySet


class EvidenceForm(revising.ReasonedForm):
    same_address = forms.BooleanField(
        required=False,
        label="Save it although the address is known",
        help_text="Tick this only when the same address really holds two different pieces.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        twins = Evidence.objects.near_address(cleaned.get("url") or "").exclude(pk=self.instance.pk)
        if cleaned.get("url") and not cleaned.get("same_address") and (twin := twins.first()):
            self.add_error(
                "url",
                f"This address is known already: {twin.ref}, “{twin.title}”. Link that piece instead, "
                "or tick the box below to keep both.",
            )
        return cleaned


class LinkInline(admin.TabularInline):
    model = EvidenceLink
    formset = revising.DailyFormSet
    extra = 0
    autocomplete_fields = ["commitment"]
    fields = ["commitment", "stance", "act", "repeats_promise", "note"]


@admin.register(Evidence)
class EvidenceAdmin(admin.ModelAdmin):
    form = EvidenceForm
    list_display = ["published_on", "tier", "title", "publisher", "source", "imported"]
    list_display_links = ["title"]
    list_filter = ["tier", "source_state", "imported", "links__stance"]
    search_fields = ["title", "publisher", "url", "ref", "fact"]
    date_hierarchy = "published_on"
    inlines = [LinkInline]
    list_per_page = 50
    show_full_result_count = False
    fieldsets = [
        (None, {"fields": ["title", "url", "same_address", ("publisher", "published_on", "date_precision"), "tier"]}),
        ("What it shows", {"fields": ["fact", "origin", "read_at_place"]}),
        ("The words relied on", {"fields": ["quote", "quote_flag", "snapshot"]}),
        ("Its source, read again about once a week", {"fields": ["source", "source_read_at"]}),
        ("This edit", {"fields": [revising.REASON_FIELD]}),
    ]
    readonly_fields = ["source", "source_read_at"]
    list_select_related = ["source_checked_by"]
    actions = ["check_by_hand"]

    @admin.display(description="Its source", ordering="source_doubted_at")
    def source(self, piece: Evidence) -> str:
        return piece.source_said

    @admin.action(description="Checked by hand: the source still bears it out", permissions=["change"])
    def check_by_hand(self, request: HttpRequest, queryset: EvidenceQuerySet) -> None:
        for piece in queryset:
            self.log_change(request, piece, "Checked its source by hand.")
        count = queryset.check_by_hand(request.user, timezone.now())
        self.message_user(
            request, f"{count} checked by hand. This holds for half a year, or until another text is stored."
        )

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("export/", wrap(sheet_views.export_evidence), name="commitments_evidence_export"),
            path("import/", wrap(sheet_views.import_evidence), name="commitments_evidence_import"),
            *super().get_urls(),
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[ModelForm]:
        form = super().get_form(request, obj, change, **kwargs)
        if "origin" in form.base_fields:
            form.base_fields["origin"].required = False
        return form

    def save_model(self, request: HttpRequest, obj: Evidence, form: ModelForm, change: bool) -> None:
        if not change:
            obj.added_at, obj.added_by = timezone.now(), request.user
        obj.save()
        revising.record_row(obj, form, request, new=not change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What a published status rests on stays, whoever asks: the database would refuse it too."""
        rests_on = obj is not None and StatusChange.objects.filter(evidence=obj).exists()
        return not rests_on and super().has_delete_permission(request, obj)

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: BaseInlineFormSet, change: bool) -> None:
        for link in formset.save(commit=False):
            link.added_at = link.added_at or timezone.now()
        formset.save()
        revising.record_rows(formset, form.cleaned_data[revising.REASON_FIELD], request)

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for link in form.instance.links.select_related("commitment"):
            link.commitment.refresh_last_seen()
