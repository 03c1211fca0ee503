from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from commitments.admin import revising
from commitments.models import Claim, Conflict, Reading, SourceDocument


@admin.register(SourceDocument)
class SourceDocumentAdmin(admin.ModelAdmin):
    list_display = ["title", "publisher", "published_on", "kind"]
    list_filter = ["kind"]
    search_fields = ["title", "publisher", "ref"]
    date_hierarchy = "published_on"


class ReadingInline(revising.KeptOncePublic, admin.TabularInline):
    model = Reading
    formset = revising.ReasonedFormSet
    extra = 0
    autocomplete_fields = ["document"]
    fields = ["document", "value"]


@admin.register(Conflict)
class ConflictAdmin(revising.KeptOncePublic, revising.PartAdmin):
    """Edits are revisions of the commitment; what was public once is resolved, never deleted or moved elsewhere."""

    list_display = ["point", "commitment", "subject", "state"]
    list_filter = ["state", "subject"]
    list_select_related = ["commitment"]
    search_fields = ["point", "detail", "commitment__ref"]
    autocomplete_fields = ["commitment"]
    inlines = [ReadingInline]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


@admin.register(Claim)
class ClaimAdmin(admin.ModelAdmin):
    list_display = ["statement", "value", "claimant", "contested"]
    list_filter = ["contested"]
    search_fields = ["statement", "ref"]
    autocomplete_fields = ["agreement", "documents"]
