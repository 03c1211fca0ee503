from django.contrib import admin
from django.http import HttpRequest

from monitoring.models import HostState


@admin.register(HostState)
class HostStateAdmin(admin.ModelAdmin):
    """How a server is treated: the gap between two requests, and until when it wants to be left alone."""

    list_display = ("name", "gap_seconds", "not_before_at", "not_before_reason", "is_gateway", "last_asked_at")
    list_filter = ("is_gateway",)
    search_fields = ("name",)
    fields = ("name", "gap_seconds", "is_gateway", "not_before_at", "not_before_reason", "last_asked_at")
    readonly_fields = ("name", "not_before_reason", "last_asked_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: HostState | None = None) -> bool:
        return False
