"""Signing in: no sign-up from outside, a second factor for staff, the address that lock-outs count by."""

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

SIGN_IN_AREA = "/staff/account/"
STAFF_AREA = ("/admin/", "/staff/")
NO_ADDRESS = "0.0.0.0"  # nosec B104: said of a visitor, nothing listens there


class StaffOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an operator; nobody opens one from outside or resets a password by letter."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("admin:index")

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address shown in one's list of sign-ins; without one (a Unix socket) the unspecified address."""
        return client_address(request) or NO_ADDRESS

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")


def second_factor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Sends staff without a second factor to set one up, wherever STAFF_SECOND_FACTOR asks for it."""

    def answer(request: HttpRequest) -> HttpResponse:
        if _must_set_one_up(request):
            messages.warning(request, "Set up a second factor first: an authenticator app or a passkey.")
            return redirect("mfa_index")
        return get_response(request)

    return answer


def _must_set_one_up(request: HttpRequest) -> bool:
    if settings.STAFF_SECOND_FACTOR != "required" or not request.user.is_authenticated or not request.user.is_staff:
        return False
    outside = request.path.startswith((SIGN_IN_AREA, settings.STATIC_URL)) or not request.path.startswith(STAFF_AREA)
    return not outside and not _has_second_factor(request)


def _has_second_factor(request: HttpRequest) -> bool:
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(request.user))


def name_tried(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """Which name a lock-out counts: what Django was given, else what the form was."""
    return str((credentials or {}).get("username") or request.POST.get("login", ""))


def client_address(request: HttpRequest) -> str:
    """Whom a lock-out counts: what the outermost of our own PROXIES saw, else the peer.

    Each of them adds one address to X-Forwarded-For; what stands before those was written by the visitor. A request
    with fewer came by another way, and one with something else than an address there is no proxy's: the peer counts.
    """
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")][-settings.PROXIES :]
    if settings.PROXIES and len(seen) == settings.PROXIES and _is_address(seen[0]):
        return str(seen[0])
    return str(request.META.get("REMOTE_ADDR", ""))


def _is_address(said: str) -> bool:
    try:
        ipaddress.ip_address(said)
    except ValueError:
        return False
    return "%" not in said  # a zone is a name of the proxy's own machine


def locked_out(request: HttpRequest, response: HttpResponse, credentials: object) -> HttpResponse:
    from django.template.response import TemplateResponse

    return TemplateResponse(request, "account/locked_out.html", status=429).render()
