"""The post room for staff: runs with their sums, letters, blocked addresses. Addresses of readers are not listed."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path

from commitments.admin.ledger import ReadOnlyAdmin
from commitments.digests import preview_views, witnessing
from commitments.digests.models import Delivery, DigestRun, Letter, Subscriber, Suppression


@admin.register(DigestRun)
class DigestRunAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "starts_at", "ends_at", "state", "total", "sums")
    list_filter = ("kind", "state")
    actions = ("release",)
    change_list_template = "admin/digests/digestrun/change_list.html"

    @admin.display(description="Letters by state")
    def sums(self, run: DigestRun) -> str:
        sums = run.deliveries.all().sums()
        told = ", ".join(f"{number} {Delivery.State(state).label.lower()}" for state, number in sorted(sums.items()))
        return told if sum(sums.values()) == run.total else f"{told}: does not add up to {run.total}"

    @admin.action(description="Release: go on sending", permissions=["release"])
    def release(self, request: HttpRequest, queryset: QuerySet[DigestRun]) -> None:
        for run in queryset:
            if run.state in (DigestRun.State.PAUSED, DigestRun.State.HELD):
                witnessing.forget(run)
                run.release()

    def get_urls(self) -> list[URLPattern]:
        let_in = self.admin_site.admin_view
        return [
            path("next/", let_in(preview_views.next_letter), name="digests_next"),
            path("next/html/", let_in(preview_views.next_html), name="digests_next_html"),
            path("next/test/", let_in(preview_views.send_test), name="digests_test"),
            *super().get_urls(),
        ]

    def has_release_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("digests.release_run")


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    when_empty = "The text of each letter that went out, once for all who got the same. None has gone out yet."
    list_display = ("subject", "run", "scope", "is_quiet")
    list_select_related = ("run",)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    when_empty = "One row for each letter to one reader, with the mail server's answer. None has been due yet."
    list_display = ("__str__", "state", "attempts", "repeats", "sent_at", "answer")
    list_filter = ("state",)
    raw_id_fields = ("subscriber",)


@admin.register(Subscriber)
class SubscriberAdmin(ReadOnlyAdmin):
    when_empty = "Readers sign up on the public page under “Weekly letter”. Nobody has yet."
    list_display = ("__str__", "state", "paused", "weekly_scope", "alert_scope", "confirmed_at")
    list_filter = ("state", "paused")


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin):
    when_empty = "Addresses that get no letter any more, because one came back or was reported as spam. There are none."
    list_display = ("__str__", "reason", "detail", "at")
    list_filter = ("reason",)
