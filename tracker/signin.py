"""Signing in: no sign-up from outside, a second factor for staff, the address that lock-outs count by."""

from collections.abc import Callable, Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

SIGN_IN_AREA = "/staff/account/"


class StaffOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an operator; nobody opens one from outside or resets a password by letter."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("admin:index")

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
    outside = request.path.startswith((SIGN_IN_AREA, settings.STATIC_URL)) or not _is_staff_area(request.path)
    return not outside and not _has_second_factor(request)


def _is_staff_area(path: str) -> bool:
    return path.startswith(("/admin/", "/staff/"))


def _has_second_factor(request: HttpRequest) -> bool:
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(request.user))


def name_tried(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """Which name a lock-out counts: what Django was given, else what the form was."""
    return str((credentials or {}).get("username") or request.POST.get("login", ""))


def client_address(request: HttpRequest) -> str:
    """Whom a lock-out counts: the last address that our own proxy saw, else the peer."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if settings.SECURE_PROXY_SSL_HEADER and forwarded:
        return str(forwarded.rsplit(",", 1)[-1].strip())
    return str(request.META.get("REMOTE_ADDR", ""))


def locked_out(request: HttpRequest, response: HttpResponse, credentials: object) -> HttpResponse:
    from django.template.response import TemplateResponse

    return TemplateResponse(request, "account/locked_out.html", status=429).render()
