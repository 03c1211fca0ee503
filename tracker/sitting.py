"""How long somebody stays signed in, from which browsers, and how that is ended (ASVS 7.3, 7.5.2)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from tracker.signin import STAFF_AREA

LONGEST = timedelta(hours=12)
"""A working day: then everybody signs in again, however busy. The cookie lives as long."""
IDLE = timedelta(hours=2)
"""Without a request for so long the chair is taken to be empty. Long enough to write a reasoned status by hand."""
NOTED_EVERY = timedelta(minutes=5)
"""A request is noted in the session only so often: reading should not write."""
_BEGAN, _SEEN = "sitting.began", "sitting.seen"


def limits(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: asks for signing in again after LONGEST, or after IDLE without a request. Staff's area only."""

    def answer(request: HttpRequest) -> HttpResponse:
        # The area first: on a public page nobody may so much as look at who is signed in, or it could not be kept.
        if request.path.startswith(STAFF_AREA) and request.user.is_authenticated:
            now = timezone.now()
            if _is_over(request, now):
                logout(request)
                messages.info(request, "You were signed out because it had been a while. Please sign in again.")
                return redirect_to_login(_way_back(request))
            _note(request, now)
        return get_response(request)

    return answer


def _way_back(request: HttpRequest) -> str:
    """The page that was asked for; what was sent by a form has no page of its own."""
    return request.get_full_path() if request.method == "GET" else reverse("admin:index")


def _is_over(request: HttpRequest, now: datetime) -> bool:
    began, seen = _stamp(request, _BEGAN), _stamp(request, _SEEN)
    return bool(began and now - began > LONGEST) or bool(seen and now - seen > IDLE)


def _note(request: HttpRequest, now: datetime) -> None:
    if _stamp(request, _BEGAN) is None:
        request.session[_BEGAN] = now.isoformat()
    seen = _stamp(request, _SEEN)
    if seen is None or now - seen > NOTED_EVERY:
        request.session[_SEEN] = now.isoformat()


def _stamp(request: HttpRequest, name: str) -> datetime | None:
    said = request.session.get(name)
    return datetime.fromisoformat(said) if said else None


def begin(request: HttpRequest, **_: Any) -> None:
    """At sign-in, by whichever way: the limits count from here."""
    now = timezone.now().isoformat()
    request.session[_BEGAN] = request.session[_SEEN] = now


user_logged_in.connect(begin, dispatch_uid="tracker.sitting.begin")


class Sittings(ListUserSessionsView):  # type: ignore[misc]
    """Where one is signed in, with a button that ends all other sessions. Reading it deletes nothing."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super(ListUserSessionsView, self).get_context_data(**kwargs)
        sessions = [row for row in UserSession.objects.filter(user=self.request.user) if row.exists()]
        context["sessions"] = sorted(sessions, key=lambda row: row.created_at)
        context["session_count"] = len(sessions)
        return context
