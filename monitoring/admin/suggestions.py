from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from monitoring import showing
from monitoring.models import Decision, LearnedWeights, Suggestion
from monitoring.views.triage import choices_of_forms


class ReadOnly(admin.ModelAdmin):
    """Rows that are made by the watch or by a decision, never typed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Suggestion)
class SuggestionAdmin(ReadOnly):
    """The list for looking back; one suggestion opens as the inbox's card, with its accept and dismiss forms."""

    list_display = ["story", "commitment", "band", "score", "state", "setback", "decided_by", "found_at"]
    list_filter = ["state", "band", "met_query", "found_at", "commitment"]
    list_select_related = ["story", "commitment", "decided_by"]
    search_fields = ["story__title", "commitment__ref", "commitment__title"]
    show_full_result_count = False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = Suggestion.objects.with_story().numbered(int(object_id)) if object_id.isdigit() else None
        if row is None or not self.has_view_permission(request, row):
            raise Http404("There is no such suggestion.")
        context = {
            **self.admin_site.each_context(request),
            **choices_of_forms(),
            **showing.choices(),
            "title": str(row),
            "card": showing.card(row),
            "next": reverse("admin:monitoring_suggestion_change", args=[row.pk]),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/monitoring/suggestion/card.html", context)


@admin.register(Decision)
class DecisionAdmin(ReadOnly):
    when_empty = "Each answer given in triage: accepted, dismissed, snoozed or reassigned. None has been given yet."
    list_display = ["decided_at", "by", "action", "suggestion", "reason_code", "undone_at"]
    list_filter = ["action", "reason_code", "decided_at", "by"]
    list_select_related = ["suggestion__story", "suggestion__commitment", "by"]
    show_full_result_count = False


@admin.register(LearnedWeights)
class LearnedWeightsAdmin(ReadOnly):
    when_empty = "What the ranking of suggestions learnt from dismissals. Too few have been decided to learn from."
    list_display = ["fitted_at", "answers"]
    fields = readonly_fields = ["fitted_at", "answers", "weights"]
