from django.contrib import admin

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
