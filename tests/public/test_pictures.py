"""Social cards: drawn when a status is published, with the words of the page, and never a reason to fail."""

import io

import pytest
from django.test import Client
from PIL import Image

from commitments.models import Commitment
from commitments.public import illustrating, listing, picturing
from commitments.public.models import Picture
from commitments.public.shapes import Moment
from tests.record import builders

pytestmark = pytest.mark.django_db
CARD = "/c/office/card.png"


@pytest.fixture
def office() -> Commitment:
    return builders.commitment(slug="office", title="A big office")


def began(commitment: Commitment, reason: str = "It began.") -> None:
    commitment.change_status(
        "in_progress",
        reason=reason,
        evidence=[builders.evidence(commitment)],
        by=builders.person("Ada"),
        effective_on=builders.NOW.date(),
        now=builders.NOW,
    )


@pytest.fixture
def asked_to_draw(monkeypatch) -> list[picturing.Words]:
    asked, card = [], picturing.card
    monkeypatch.setattr(picturing, "card", lambda words: asked.append(words) or card(words))
    return asked


def test_it_is_drawn_when_a_status_is_published_and_not_again_when_asked_for(
    client: Client, office, asked_to_draw, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        began(office)
    row = listing.row(office, Moment(builders.NOW.date()))
    assert [(words.title, words.status, words.text) for words in asked_to_draw] == [(row.title, row.status, row.reason)]
    assert client.get(CARD).content == bytes(Picture.objects.get().png)
    assert len(asked_to_draw) == 1


def test_a_card_that_nobody_drew_or_with_other_words_is_drawn_for_the_asking(
    client: Client, office, asked_to_draw, django_capture_on_commit_callbacks
) -> None:
    began(office)
    assert Image.open(io.BytesIO(client.get(CARD).content)).size == (picturing.WIDTH, picturing.HEIGHT)
    assert Picture.objects.count() == 0, "reading changes nothing"
    illustrating.draw_missing()
    office.revise({"title": "A small office"}, reason="Wrong.", by=None, now=builders.NOW)
    client.get(CARD)
    assert asked_to_draw[-1].title == "A small office"


def test_the_tick_draws_what_is_missing_once_and_anew_what_changed(office, asked_to_draw, settings) -> None:
    began(office)
    assert [illustrating.draw_missing() for _ in range(2)] == [1, 0]
    office.revise({"title": "A small office"}, reason="Wrong.", by=None, now=builders.NOW)
    assert [illustrating.draw_missing() for _ in range(2)] == [1, 0]
    settings.SITE_NAME = "Another name"
    assert illustrating.draw_missing() == 1
    assert [words.title for words in asked_to_draw] == ["A big office", "A small office", "A small office"]


def test_a_card_that_cannot_be_drawn_does_not_undo_a_publication(
    office, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    monkeypatch.setattr(picturing, "card", lambda words: 1 / 0)
    with django_capture_on_commit_callbacks(execute=True):
        began(office)
    office.refresh_from_db()
    assert office.status == "in_progress"
    assert Picture.objects.count() == 0


def test_an_import_of_many_does_not_wait_for_its_pictures(asked_to_draw, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(illustrating.MOST_AT_ONCE + 1):
            began(builders.commitment())
    assert asked_to_draw == []
    assert illustrating.draw_missing() == illustrating.MOST_AT_ONCE + 1
