"""The ledger and what led to it: to read, never to edit."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from commitments.admin import status_views
from commitments.models import Proposal, Revision, StatusChange


class ReadOnlyAdmin(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(StatusChange)
class StatusChangeAdmin(ReadOnlyAdmin):
    list_display = ["sequence", "commitment", "kind", "status", "effective_on", "recorded_at", "review_mode"]
    list_filter = ["kind", "status", "review_mode"]
    list_select_related = ["commitment"]
    search_fields = ["commitment__ref", "commitment__title", "reason"]
    ordering = ["-sequence"]
    show_full_result_count = False
    list_per_page = 50


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    list_display = ["made_at", "commitment", "subject", "reason", "by_name"]
    list_select_related = ["commitment"]
    search_fields = ["commitment__ref", "subject", "reason"]
    show_full_result_count = False


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyAdmin):
    when_empty = "A change of status that needs a second person waits here for a reviewer. Nothing waits."
    list_display = ["commitment", "status", "proposed_by", "proposed_at", "state", "read"]
    list_display_links = None
    list_filter = ["state", "status"]
    list_select_related = ["commitment", "proposed_by"]
    search_fields = ["commitment__ref", "reason"]

    @admin.display(description="decision")
    def read(self, row: Proposal) -> SafeString:
        url = reverse("admin:commitments_proposal_decide", args=[row.pk])
        return format_html('<a href="{}">Read {} and decide</a>', url, row.commitment.ref)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(status_views.decide)
        return [path("<int:pk>/decide/", view, name="commitments_proposal_decide"), *super().get_urls()]
