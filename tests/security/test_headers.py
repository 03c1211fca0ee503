"""Answers that Django's own middleware never sees carry the protections too."""

import subprocess
import sys

import pytest

from tests.support import processes

pytestmark = pytest.mark.django_db
PROTECTIONS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def test_an_answer_to_a_wrong_host_is_protected_too(client, settings):
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["testserver"], True
    answer = client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert {name: answer.headers.get(name) for name in PROTECTIONS} == PROTECTIONS
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_https_is_for_good_where_the_site_is_https(client, settings):
    assert "Strict-Transport-Security" not in client.get("/healthz").headers
    settings.HTTPS, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    for where in ("/healthz", "/no/such/page", "/admin/"):
        assert client.get(where)["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_an_error_of_the_server_a_style_sheet_and_a_redirect_are_protected_too(client, settings, monkeypatch):
    settings.SECURE_SSL_REDIRECT = False
    client.raise_request_exception = False
    monkeypatch.setattr("commitments.public.views.pages._home", lambda *_: 1 / 0)
    for where, status in (("/", 500), ("/static/public/site.css", 200), ("/admin", 301), ("/digest/?a=%00", 400)):
        answer = client.get(where)
        assert answer.status_code == status, where
        assert {name: answer.headers.get(name) for name in PROTECTIONS} == PROTECTIONS, where
        assert "unsafe-" not in answer["Content-Security-Policy"]
    for method in ("trace", "delete", "patch"):
        assert getattr(client, method)("/").status_code == 405


def test_an_https_site_gives_its_cookies_the_strictest_names(tmp_path):
    code = "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME)\n"
    code += "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY)\n"
    code += "print(s.SESSION_COOKIE_SAMESITE, s.SESSION_COOKIE_DOMAIN)"
    env = processes.environment(tmp_path, SITE_URL="https://tracker.example", DJANGO_SETTINGS_MODULE="tracker.settings")
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=processes.ROOT, capture_output=True, text=True)
    assert done.stdout.split() == ["__Host-session", "__Host-csrf", "True", "True", "True", "Lax", "None"], done.stderr


def test_pages_of_staff_stay_in_no_cache(client):
    assert "no-store" in client.get("/admin/")["Cache-Control"]


def test_a_program_that_asks_in_the_clear_is_told_and_not_led_on(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get("/api/v1/commitments")
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "https_required"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert {name: answer.headers.get(name) for name in PROTECTIONS} == PROTECTIONS | {
        "Cross-Origin-Resource-Policy": "cross-origin"
    }
    assert client.get("/calendar/").headers["Location"] == "https://testserver/calendar/", "a browser is led on"
    assert client.get("/api/v1/commitments", secure=True).status_code == 200
