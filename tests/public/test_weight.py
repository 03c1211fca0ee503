"""The style sheet goes out compressed without `collectstatic`, so that a page with its fonts stays light."""

from django.test import Client


def test_the_style_sheet_is_sent_compressed_to_those_who_take_it(client: Client, settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path
    answer = client.get("/static/public/site.css", headers={"Accept-Encoding": "gzip"})
    assert (answer["Content-Encoding"], answer["Vary"]) == ("gzip", "Accept-Encoding")
    assert "Content-Encoding" not in client.get("/static/public/site.css", headers={"Accept-Encoding": ""})
