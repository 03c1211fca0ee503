from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from monitoring.models import Item, ItemRevision
from monitoring.parsing import cleaning


class RevisionInline(admin.TabularInline):
    model = ItemRevision
    extra = 0
    can_delete = False
    fields = readonly_fields = ("replaced_at", "title", "text")
    verbose_name_plural = "What it said before"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Item)
class ItemAdmin(admin.ModelAdmin):
    """Reading only: what a source said is not for us to change."""

    list_display = ("title", "source", "published_at", "first_seen_at", "edited_at")
    list_filter = ("source__tier", "first_seen_at", "source")
    list_select_related = ("source",)
    search_fields = ("title", "text", "link", "publisher")
    fields = readonly_fields = (
        "title", "source", "publisher", "author", "open_link", "published_at", "first_seen_at", "edited_at", "clean",
    )  # fmt: skip
    inlines = (RevisionInline,)
    show_full_result_count = False

    @admin.display(description="Link")
    def open_link(self, item: Item) -> str | SafeString:
        return format_html('<a href="{0}" rel="noopener noreferrer">{0}</a>', item.link) if item.link else "none"

    @admin.display(description="Summary")
    def clean(self, item: Item) -> SafeString:
        """Cleaned before it was stored, and once more: whoever can write the table is not whoever reads it."""
        return mark_safe(cleaning.safe_html(item.summary))  # nosec B308 B703 - cleaned by nh3 here

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Item | None = None) -> bool:
        return False
