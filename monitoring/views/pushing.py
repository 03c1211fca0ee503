from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from monitoring import pushing


@csrf_exempt  # hubs call it: what they bring is believed by its signature, and they have no session
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def push(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    if request.method == "POST":
        known = pushing.hear(token, request.body, request.headers.get("X-Hub-Signature", ""), now)
        return HttpResponse(status=202 if known else 410, content_type="text/plain")
    challenge = pushing.confirm(token, request.GET, now)
    return HttpResponse(challenge or "", status=404 if challenge is None else 200, content_type="text/plain")
