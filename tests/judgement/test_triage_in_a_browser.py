"""The inbox in a real browser: a hundred cards, at most two keys each, nothing foreign asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from commitments.models import Commitment, Evidence
from monitoring import fetching
from monitoring.models import Decision, Story, StoryItem, Suggestion
from tests.judgement.conftest import NOW, commitment, item
from tests.support import browsers
from tests.watch.loopback import Loopback

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CARDS = 100
REASON = {"sentence": "Names “OpenAI” and “London”. Against: nothing.", "hits": [], "shares": {"subject": 1.2}}


def suggestions(of: Commitment, amount: int) -> None:
    for number in range(amount):
        at = NOW - timedelta(hours=number)
        row = item(f"OpenAI London office news {number}", "Desks and floors.", at=at)
        story = Story.objects.create(title=row.title, first_at=at, last_at=at, made_at=at)
        StoryItem.objects.create(story=story, item=row, joined_at=at)
        Suggestion.objects.create(
            story=story, item=row, commitment=of, score=0.9 - number / 1000, band="likely", reason=REASON, found_at=at
        )


@pytest.fixture
def editor(transactional_db: None) -> User:
    return User.objects.create_superuser("edith", password="a long pass phrase")


@pytest.fixture
def desk(live_server: Any, editor: User, browser: Any) -> Iterator[Any]:
    """The editor's window: signed in, everything else empty."""
    client = Client()
    client.force_login(editor)
    cookie = {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": live_server.url,
    }
    context = browser.new_context()
    context.add_cookies([cookie])
    yield context
    context.close()


def test_a_hundred_cards_are_decided_with_at_most_two_keys_each(live_server: Any, desk: Any) -> None:
    suggestions(commitment("T-01", "Bigger London office", "OpenAI plans a larger base."), CARDS)
    page = desk.new_page()
    complaints = browsers.listen(page)
    page.on("response", lambda answer: answer.status >= 400 and complaints.append(f"{answer.status} {answer.url}"))
    page.goto(f"{live_server.url}/staff/triage/")
    pressed = 0
    for number in range(CARDS):
        keys = ("a",) if number % 3 == 0 else ("d", str(1 + number % 7)) if number % 3 == 1 else ("s",)
        for key in keys[:-1]:
            page.keyboard.press(key)
        with page.expect_navigation():
            page.keyboard.press(keys[-1])
        pressed += len(keys)
    assert pressed <= 2 * CARDS
    assert Decision.objects.count() == CARDS
    assert Evidence.objects.count() == len(range(0, CARDS, 3))
    assert not Suggestion.objects.waiting(NOW + timedelta(days=1)).exists()
    assert "Nothing waits here" in page.content()
    serious = [said for said in complaints if "favicon" not in said and "Failed to load resource" not in said]
    assert serious == []  # what did not load is named by its response


def test_keys_move_undo_help_and_can_be_switched_off(live_server: Any, desk: Any) -> None:
    suggestions(commitment("T-01", "Bigger London office", "OpenAI plans a larger base."), 3)
    page = desk.new_page()
    page.goto(f"{live_server.url}/staff/triage/")
    first = page.inner_text("#card-title")
    with page.expect_navigation():
        page.keyboard.press("j")
    assert page.inner_text("#card-title") != first
    with page.expect_navigation():
        page.keyboard.press("k")
    assert page.inner_text("#card-title") == first
    with page.expect_navigation():
        page.keyboard.press("a")
    with page.expect_navigation():
        page.keyboard.press("u")
    assert not Evidence.objects.exists()
    assert page.inner_text("#card-title") == first
    page.keyboard.press("?")
    assert page.is_visible("#tri-keys-on")
    page.uncheck("#tri-keys-on")
    page.reload()
    page.keyboard.press("a")
    page.wait_for_timeout(300)
    assert not Evidence.objects.exists()


def test_without_javascript_everything_is_a_form(live_server: Any, desk: Any, editor: User) -> None:
    suggestions(commitment("T-01", "Bigger London office", "OpenAI plans a larger base."), 2)
    plain = desk.browser.new_context(java_script_enabled=False)
    plain.add_cookies(desk.cookies())
    page = plain.new_page()
    page.goto(f"{live_server.url}/staff/triage/")
    page.click("#key-a")
    assert "Accepted as evidence" in page.content()
    page.click("#key-u")
    assert not Evidence.objects.exists()
    page.click("#key-d button:first-of-type")
    assert Decision.objects.filter(action="dismiss").exists()
    plain.close()


def test_a_batch_is_ticked_and_dismissed_and_taken_back(live_server: Any, desk: Any) -> None:
    suggestions(commitment("T-01", "Bigger London office", "OpenAI plans a larger base."), 4)
    page = desk.new_page()
    page.goto(f"{live_server.url}/staff/triage/")
    for box in page.locator("input[name=chosen]").all()[:3]:
        box.check()
    page.click(".tri-batch button:first-of-type")
    assert "3 dismissed" in page.content()
    assert page.inner_text("#tri-waiting") == "1 waiting"
    page.keyboard.press("u")
    page.wait_for_function("document.querySelector('#tri-waiting').innerText === '4 waiting'")


def test_of_two_editors_with_one_card_open_the_second_is_told(live_server: Any, desk: Any) -> None:
    suggestions(commitment("T-01", "Bigger London office", "OpenAI plans a larger base."), 2)
    first, second = desk.new_page(), desk.new_page()
    for page in (first, second):
        page.goto(f"{live_server.url}/staff/triage/")
    with first.expect_navigation():
        first.keyboard.press("a")
    second.keyboard.press("d")
    with second.expect_navigation():
        second.keyboard.press("1")
    assert "was accepted by edith meanwhile; nothing was changed" in second.content()
    assert Evidence.objects.count() == 1
    assert Decision.objects.count() == 1


def test_drafts_come_from_pasted_text_a_file_and_an_address(
    live_server: Any, desk: Any, tmp_path: Path, settings: Any
) -> None:
    settings.ALLOW_PRIVATE_NETWORKS = list(fetching.read_networks("127.0.0.0/8"))
    page = desk.new_page()
    complaints = browsers.listen(page)
    (tmp_path / "second.html").write_text("<html><body><p>Acme will open its quay by 2030.</p></body></html>", "utf-8")
    news = Loopback()
    try:
        page_of_news = b"<html><body><p>The council intends to plant 300 oaks by 2031.</p></body></html>"
        address = news.set("/oaks", page_of_news, Content_Type="text/html")
        page.goto(f"{live_server.url}/staff/triage/draft/")
        page.fill(
            "textarea[name=text]",
            "Acme plans to open a quay by 2029. It rained. Critics say the quay will soon close again.",
        )
        page.set_input_files("input[type=file]", str(tmp_path / "second.html"))
        page.fill("textarea[name=addresses]", address)
        page.click("text=Look for commitments")
        page.wait_for_selector(".tri-draft")
    finally:
        news.close()
    drafts = page.locator(".tri-draft").all_inner_texts()
    assert len(drafts) == 2
    (quay,) = [text for text in drafts if "quay" in text]
    assert "pasted text, sentence 1" in quay
    assert "second.html, sentence 1" in quay
    assert "They differ" in quay
    assert any("300 oaks" in text and address in text for text in drafts)
    assert "Critics" in page.inner_html("details >> nth=0")
    page.click(".tri-draft >> nth=0 >> text=Begin a commitment with this")
    assert page.input_value("#id_title").lower().startswith("open")
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_runs_off_the_page(live_server: Any, desk: Any, scheme: str, width: int) -> None:
    suggestions(commitment("T-01", "Bigger London office", "OpenAI plans a larger base. " + "x" * 300), 5)
    page = desk.new_page()
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("", "figures/", "search/?unmatched=yes", "draft/"):
        page.goto(f"{live_server.url}/staff/triage/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
