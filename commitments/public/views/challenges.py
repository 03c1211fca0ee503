"""Report an error: a form without cookies; staff answer in the admin, and the answer is printed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from commitments import origins
from commitments.public import asking, challenging, finding
from commitments.public.models import Challenge

FIELDS = ("about", "text", "source_url", "sender", "website")


@csrf_exempt  # no cookie, no session: nothing for a forged request to borrow; the origin is checked below all the same
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _form(request, {"about": request.GET.get("about", "")}, {})
    if not origins.came_from_here(request):
        return _form(request, {}, {"": origins.FROM_ELSEWHERE}, status=403)
    data = {name: request.POST.get(name, "") for name in FIELDS}
    outcome = challenging.take(data, stamped=request.POST.get("stamp", ""), now=timezone.now())
    return redirect("public:thanks") if outcome.stored else _form(request, data, outcome.problems, status=400)


def _form(request: HttpRequest, data: dict[str, str], problems: dict[str, str], *, status: int = 200) -> HttpResponse:
    context = {
        "moment": asking.present(),
        "data": data,
        "problems": problems,
        "stamp": challenging.stamp(timezone.now()),
        "about": finding.title(data.get("about", "")),
        "answered": Challenge.objects.shown()[:20],
    }
    return render(request, "public/contact.html", context, status=status)


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "public/thanks.html", {"moment": asking.present()})
