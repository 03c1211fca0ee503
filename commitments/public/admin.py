"""Staff answer readers' challenges here."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from commitments.public.models import Challenge


@admin.register(Challenge)
class ChallengeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    when_empty = "What readers send under “Report an error”. Nobody has objected yet."
    list_display = ("sent_at", "commitment", "text", "answered_at", "is_public")
    list_filter = ("is_public", "answered_at")
    readonly_fields = ("commitment", "text", "source_url", "sender", "sent_at", "answered_at")
    fields = (*readonly_fields, "answer", "is_public")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Challenge, form: object, change: bool) -> None:
        if obj.answer.strip() and obj.answered_at is None:
            obj.reply(obj.answer, now=timezone.now(), public=bool(obj.is_public))
        else:
            super().save_model(request, obj, form, change)
