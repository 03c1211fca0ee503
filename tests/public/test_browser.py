"""In a real browser: accessible on every page and state, by keyboard alone, on a small phone, without scripts."""

import os

import pytest
from django.core.management import call_command

from tests.record import builders

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs a loop in this thread
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 320, "height": 800}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = (
    "/", "/?status=met", "/?q=nothing-has-this", "/?as_of=2026-04-01", "/?as_of=never", "/c/compute-20x/",
    "/c/london-office-expansion/", "/c/compute-20x/?as_of=2025-08-01", "/c/withdrawn/", "/agreements/",
    "/agreements/uk-openai-mou-2025/", "/owners/openai/", "/sectors/jobs/", "/changes/", "/corrections/", "/calendar/",
    "/method/", "/data/", "/about/", "/accessibility/", "/contact/?about=compute-20x", "/contact/thanks/",
    "/embed/c/compute-20x/", "/api/v1/", "/no-such-page/",
)  # fmt: skip
OPEN_ALL = "document.querySelectorAll('details').forEach(part => part.open = true)"
WIDTH = "document.documentElement.scrollWidth"


@pytest.fixture
def site(live_server) -> str:
    """The shipped record on a server, with a withdrawn promise and one with words too long for any line."""
    call_command("seed", verbosity=0)
    builders.commitment(slug="withdrawn").withdraw(reason="Entered twice.", now=builders.NOW)
    builders.commitment(slug="word", title="Jobs", statement="Jobs.")
    long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    builders.commitment(slug="long", title=f"{long} and {long}", statement=f"{long} " * 12)
    return live_server.url


def test_axe_finds_nothing_on_a_phone_in_light_or_dark(site: str, browser) -> None:
    """320 px are also what a screen of 1,280 px shows at 400 %."""
    from axe_playwright_python.sync_playwright import Axe

    found = {}
    for scheme in ("light", "dark"):
        context = browser.new_context(viewport=PHONE, color_scheme=scheme)
        page = context.new_page()
        for path in (*PAGES, "/c/word/", "/c/long/"):
            page.goto(site + path)
            page.evaluate(OPEN_ALL)
            answer = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response
            problems = [violation["id"] for violation in answer["violations"]]
            if page.evaluate(WIDTH) > PHONE["width"]:
                problems.append("wider than the screen")
            if problems:
                found[scheme, path] = problems
        context.close()
    assert found == {}


def test_nothing_is_asked_of_anybody_else_and_no_cookie_is_set(site: str, page) -> None:
    for path in ("/", "/c/compute-20x/", "/method/", "/contact/", "/embed/c/compute-20x/"):
        page.goto(site + path)
    assert page.complaints == []
    assert page.context.cookies() == []
