"""Answers that Django's own middleware never sees carry the protections too."""

import pytest

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


def test_pages_of_staff_stay_in_no_cache(client):
    assert "no-store" in client.get("/admin/")["Cache-Control"]
