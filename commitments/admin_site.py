"""The staff site: Django's admin whose first page is a desk with what waits."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from commitments import staffroom


class StaffSite(AdminSite):
    site_title = "Commitment tracker"
    site_header = "Commitment tracker · staff"
    index_title = "Desk"
    enable_nav_sidebar = True

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one sign-in page, with the second factor behind it."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        wanted = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
        return redirect_to_login(wanted, reverse("account_login"))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        boxes = staffroom.boxes(request.user, timezone.now())
        return super().index(request, {"boxes": boxes, **(extra_context or {})})
