from django.contrib import admin
from django.urls import URLPattern, path

from commitments.admin import sheet_views
from commitments.models import Measurement, Series


class MeasurementInline(admin.TabularInline):
    model = Measurement
    extra = 1
    autocomplete_fields = ["evidence"]
    fields = ["on", "value", "kind", "evidence", "note"]


@admin.register(Series)
class SeriesAdmin(admin.ModelAdmin):
    list_display = ["title", "commitment", "unit", "baseline", "goal"]
    list_select_related = ["commitment"]
    search_fields = ["title", "ref", "commitment__ref", "commitment__title"]
    autocomplete_fields = ["commitment"]
    prepopulated_fields = {"ref": ["title"]}
    inlines = [MeasurementInline]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("measurements/export/", wrap(sheet_views.export_measurements), name="commitments_measurements_export"),
            path("measurements/import/", wrap(sheet_views.import_measurements), name="commitments_measurements_import"),
            *super().get_urls(),
        ]
