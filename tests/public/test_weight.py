"""The style sheet goes out compressed without `collectstatic`, so that a page with its fonts stays light."""

import gzip

import pytest
from django.core.management import call_command
from django.test import Client

WEIGHT_MOST = 50_000
SHARED = ("site.css", "icon.svg", "fonts/serif-600.woff2", "fonts/sans-400.woff2", "fonts/sans-600.woff2")


def test_the_style_sheet_is_sent_compressed_to_those_who_take_it(client: Client, settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path
    answer = client.get("/static/public/site.css", headers={"Accept-Encoding": "gzip"})
    assert (answer["Content-Encoding"], answer["Vary"]) == ("gzip", "Accept-Encoding")
    assert "Content-Encoding" not in client.get("/static/public/site.css", headers={"Accept-Encoding": ""})


@pytest.mark.django_db
def test_no_page_weighs_more_than_fifty_kilobytes(client: Client) -> None:
    """What a first-time reader is sent: the page, its style sheet, every font and the icon, as on the wire."""
    call_command("seed", verbosity=0)
    fixed = sum(_sent(client, f"/static/public/{name}") for name in SHARED)
    pages = ("/", "/c/compute-20x/", "/agreements/uk-openai-mou-2025/", "/method/", "/contact/", "/changes/")
    weights = {path: fixed + len(gzip.compress(client.get(path).content, 6)) for path in pages}
    assert {path: weight for path, weight in weights.items() if weight > WEIGHT_MOST} == {}


def _sent(client: Client, path: str) -> int:
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    return int(answer["Content-Length"])
