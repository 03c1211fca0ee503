"""Card, badge, oEmbed and the picture for shared links say what the page says."""

import io
import json
from datetime import date
from xml.etree import ElementTree

import pytest
from django.test import Client
from PIL import Image

from commitments.public import picturing
from tests.record import builders

pytestmark = pytest.mark.django_db
HERE = "http://127.0.0.1:8000"


@pytest.fixture
def office():
    office = builders.commitment(title="A bigger <office>", slug="office")
    lease = builders.evidence(office)
    office.change_status(
        "in_progress", reason="The lease is signed.", evidence=[lease], by=builders.person("Ada"),
        effective_on=date(2025, 8, 1), now=builders.NOW,
    )  # fmt: skip
    return office


def test_the_card_may_be_framed_and_runs_nothing(client: Client, office) -> None:
    answer = client.get("/embed/c/office/")
    policy = answer["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "X-Frame-Options" not in answer
    assert "In progress" in answer.content.decode()
    assert len(answer.content) < 15_000


def test_the_badge_is_a_picture_that_needs_nothing_else(client: Client, office) -> None:
    answer = client.get("/embed/c/office.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    drawing = ElementTree.fromstring(answer.content)
    assert drawing.get("aria-label") == "A bigger <office>: in progress since 1 Aug 2025"


def test_oembed_gives_the_card(client: Client, office) -> None:
    found = json.loads(client.get("/oembed", {"url": f"{HERE}/c/office/", "maxwidth": 300}).content)
    assert (found["version"], found["type"], found["width"]) == ("1.0", "rich", 300)
    assert f"{HERE}/embed/c/office/" in found["html"]
    assert "<office>" not in found["html"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"url": "https://elsewhere.example/c/office/"}, 400),
        ({"url": f"{HERE}/method/"}, 404),
        ({"url": f"{HERE}/c/nothing/"}, 404),
        ({"url": f"{HERE}/c/office/", "format": "xml"}, 501),
    ],
)
def test_oembed_refuses_what_it_cannot_embed(client: Client, office, query, status: int) -> None:
    assert client.get("/oembed", query).status_code == status


def test_the_picture_is_small_and_of_the_right_size(client: Client, office) -> None:
    answer = client.get("/c/office/card.png")
    assert len(answer.content) <= 100_000
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
    page = client.get("/c/office/").content.decode()
    assert 'property="og:image:alt" content="A bigger &lt;office&gt;. In progress since 1 August 2025.' in page


def test_words_longer_than_a_line_are_broken() -> None:
    lines = picturing.wrap("Ein Donaudampfschifffahrtsgesellschaftskapitän", lambda text: len(text) <= 12)
    assert all(len(line) <= 12 for line in lines)
    assert "".join(lines) == "EinDonaudampfschifffahrtsgesellschaftskapitän"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/oembed?url=https%3A%2F%2Felsewhere.example%2F", 400),
        ("/oembed?format=xml", 501),
        ("/embed/c/never/", 404),
        ("/embed/c/never.svg", 404),
        ("/c/never/card.png", 404),
        ("/embed/c/never/?as_of=soon", 400),
    ],
)
def test_refusals_too_may_be_read_from_another_page(client: Client, db, address: str, status: int) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer.json()["error"]["message"]
