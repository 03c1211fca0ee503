"""The staff site: Django's admin whose first page is a desk with what waits."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from commitments import staffroom


class StaffSite(AdminSite):
    site_title = "Commitment tracker"
    site_header = "Commitment tracker · staff"
    index_title = "Desk"
    enable_nav_sidebar = True

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        boxes = staffroom.boxes(request.user, timezone.now())
        return super().index(request, {"boxes": boxes, **(extra_context or {})})
