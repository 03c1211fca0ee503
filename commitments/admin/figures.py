from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path

from commitments.admin import revising, sheet_views
from commitments.models import Measurement, Series


class MeasurementInline(admin.TabularInline):
    model = Measurement
    formset = revising.DailyFormSet
    extra = 1
    autocomplete_fields = ["evidence"]
    fields = ["on", "value", "kind", "evidence", "note"]


@admin.register(Series)
class SeriesAdmin(revising.PartAdmin):
    """Points are added as they come; what was public is edited with its reason, as a revision of the commitment."""

    list_display = ["title", "commitment", "unit", "baseline", "goal"]
    list_select_related = ["commitment"]
    search_fields = ["title", "ref", "commitment__ref", "commitment__title"]
    autocomplete_fields = ["commitment"]
    inlines = [MeasurementInline]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else {"ref": ["title"]}

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("measurements/export/", wrap(sheet_views.export_measurements), name="commitments_measurements_export"),
            path("measurements/import/", wrap(sheet_views.import_measurements), name="commitments_measurements_import"),
            *super().get_urls(),
        ]
