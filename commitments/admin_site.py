"""The staff site: Django's admin whose first page is a desk with what waits."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite
from django.contrib.admin.options import TO_FIELD_VAR
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.urls import reverse
from django.utils import timezone

from commitments import staffroom

OURS = Path(__file__).resolve().parent.parent


def _ours(label: str) -> bool:
    """Whether an app is one of the rooms beside this one (those of packages stand in `site-packages`)."""
    path = Path(apps.get_app_config(label).path).resolve()
    return path.is_relative_to(OURS) and "site-packages" not in path.parts


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

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        """Django looks for a field without a name where `_to_field` is there and empty; no link of ours says that."""

        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if "" in (request.GET.get(TO_FIELD_VAR), request.POST.get(TO_FIELD_VAR)):
                return HttpResponseBadRequest(f"“{TO_FIELD_VAR}” names no field.", content_type="text/plain")
            return view(request, *args, **kwargs)

        return super().admin_view(guarded, cacheable)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The record first, then the other rooms, then what belongs to signing in."""
        rooms = super().get_app_list(request, app_label)
        return sorted(rooms, key=lambda room: (not _ours(room["app_label"]), room["app_label"] != "commitments"))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        boxes = staffroom.boxes(request.user, timezone.now())
        return super().index(request, {"boxes": boxes, **(extra_context or {})})
