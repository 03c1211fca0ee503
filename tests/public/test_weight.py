"""What a page weighs on the line, with its style sheet, its icon and its fonts, for a reader who takes gzip."""

import re

import pytest
from django.core.management import call_command
from django.test import Client

pytestmark = pytest.mark.django_db
MOST_BYTES = 50_000
FONTS = ("public/fonts/serif-600.woff2", "public/fonts/sans-400.woff2", "public/fonts/sans-600.woff2")
GZIP = {"Accept-Encoding": "gzip"}


def sent(client: Client, address: str) -> int:
    """Bytes of the body as it goes over the line."""
    answer = client.get(address, headers=GZIP)
    assert answer.status_code == 200, address
    return len(b"".join(answer.streaming_content) if answer.streaming else answer.content)


def test_every_page_fits_into_50_kilobytes_with_all_it_loads(client: Client, settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path
    call_command("seed", verbosity=0)
    heavy = {}
    for path in ("/", "/c/compute-20x/", "/owners/openai/", "/changes/", "/calendar/", "/method/", "/data/",
                 "/corrections/", "/contact/", "/digest/", "/embed/c/compute-20x/", "/api/v1/"):  # fmt: skip
        page = client.get(path).content.decode()
        loaded = {*re.findall(r'"(/static/[^"]+)"', page), *(f"/static/{font}" for font in FONTS)}
        weight = sent(client, path) + sum(sent(client, address) for address in loaded)
        if weight > MOST_BYTES:
            heavy[path] = weight
    assert heavy == {}


def test_the_style_sheet_is_sent_compressed_and_kept_once(client: Client, settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path
    answer = client.get("/static/public/site.css", headers=GZIP)
    assert (answer["Content-Encoding"], answer["Vary"]) == ("gzip", "Accept-Encoding")
    assert "Content-Encoding" not in client.get("/static/public/site.css", headers={"Accept-Encoding": ""})
