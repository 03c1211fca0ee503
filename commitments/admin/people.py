"""User accounts: an operator makes them and gives roles, but nobody a superuser and themselves nothing."""

from typing import Any

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator, AuthenticatorAdmin
from allauth.usersessions.admin import UserSession, UserSessionAdmin
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest

# Parts of the sign-in that others made, in our words; their own headings are names of packages.
SIGNING_IN = {
    "auth": "People and roles",
    "axes": "Attempts to sign in",
    "mfa": "Second factors",
    "usersessions": "Where staff are signed in",
}
for label, heading in SIGNING_IN.items():
    apps.get_app_config(label).verbose_name = heading
# Nothing here writes to these addresses: staff sign in by name, letters go to subscribers.
admin.site.unregister([EmailAddress, User, Authenticator, UserSession])


class MadeBySigningIn(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that only a sign-in writes; an operator looks and takes away."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Authenticator)
class SecondFactorAdmin(MadeBySigningIn, AuthenticatorAdmin):  # type: ignore[misc]
    when_empty = "Nobody has set up an authenticator app or a passkey yet; everybody does that under their own account."


@admin.register(UserSession)
class SittingAdmin(MadeBySigningIn, UserSessionAdmin):  # type: ignore[misc]
    when_empty = "Nobody is signed in."


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
