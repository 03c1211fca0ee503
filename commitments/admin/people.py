"""User accounts: an operator makes them and gives roles, but nobody a superuser and themselves nothing."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest

admin.site.unregister(User)


@admin.register(User)
class StaffUserAdmin(UserAdmin):
    list_display = ["username", "first_name", "last_name", "is_staff", "is_active", "last_login"]
    actions = ["sign_out_everywhere"]

    @admin.action(description="Sign out everywhere", permissions=["change"])
    def sign_out_everywhere(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        """For a lost laptop or a stolen cookie. A superuser's sessions are a superuser's business."""
        allowed = chosen if request.user.is_superuser else chosen.exclude(is_superuser=True)
        sittings = list(UserSession.objects.filter(user__in=allowed))
        for sitting in sittings:
            sitting.end()
        self.message_user(
            request, f"{len(sittings)} sign-ins of {allowed.count()} people were ended.", messages.SUCCESS
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fields = tuple(super().get_readonly_fields(request, obj))
        if request.user.is_superuser:
            return fields
        own = ("groups",) if obj is not None and obj.pk == request.user.pk else ()
        return (*fields, "is_superuser", "user_permissions", *own)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A superuser's account is a superuser's business: else an operator could set that password."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (request.user.is_superuser or obj is None or not obj.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """People stand in the ledger by name; an account is switched off, not deleted."""
        return False
