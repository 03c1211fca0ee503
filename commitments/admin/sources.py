from django.contrib import admin

from commitments.models import Claim, Conflict, Reading, SourceDocument


@admin.register(SourceDocument)
class SourceDocumentAdmin(admin.ModelAdmin):
    list_display = ["title", "publisher", "published_on", "kind"]
    list_filter = ["kind"]
    search_fields = ["title", "publisher", "ref"]
    date_hierarchy = "published_on"


class ReadingInline(admin.TabularInline):
    model = Reading
    extra = 0
    autocomplete_fields = ["document"]
    fields = ["document", "value"]


@admin.register(Conflict)
class ConflictAdmin(admin.ModelAdmin):
    list_display = ["point", "commitment", "subject", "state"]
    list_filter = ["state", "subject"]
    list_select_related = ["commitment"]
    search_fields = ["point", "detail", "commitment__ref"]
    autocomplete_fields = ["commitment"]
    inlines = [ReadingInline]


@admin.register(Claim)
class ClaimAdmin(admin.ModelAdmin):
    list_display = ["statement", "value", "claimant", "contested"]
    list_filter = ["contested"]
    search_fields = ["statement", "ref"]
    autocomplete_fields = ["agreement", "documents"]
