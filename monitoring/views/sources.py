from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from monitoring.models import Source

A_PAGE = 200


def monitoring(request: HttpRequest) -> HttpResponse:
    """What is watched, how well it can be read, and when and why it is read next."""
    now = timezone.now()
    page = Paginator(Source.objects.public().with_counts().in_order_of_trust(), A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {"sources": page, "totals": Source.objects.public().totals(), "now": now}
    return render(request, "monitoring/sources.html", context)
