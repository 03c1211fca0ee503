"""In a real browser: accessible on every page and state, by keyboard alone, on a small phone, without scripts."""

import os

import pytest
from django.core.management import call_command

from tests.record import builders
from tests.support import axe

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs a loop in this thread
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 320, "height": 800}
PAGES = (
    "/", "/?status=met", "/?q=nothing-has-this", "/?as_of=2026-04-01", "/?as_of=never", "/c/compute-20x/",
    "/c/london-office-expansion/", "/c/compute-20x/?as_of=2025-08-01", "/c/withdrawn/", "/agreements/",
    "/agreements/uk-openai-mou-2025/", "/owners/", "/owners/openai/", "/sectors/jobs/", "/changes/", "/corrections/",
    "/calendar/", "/method/", "/data/", "/about/", "/accessibility/", "/contact/?about=compute-20x", "/contact/thanks/",
    "/embed/c/compute-20x/", "/api/v1/", "/no-such-page/",
)  # fmt: skip
OPEN_ALL = "document.querySelectorAll('details').forEach(part => part.open = true)"
WIDTH = "document.documentElement.scrollWidth"
WITHIN_A_DAY = 8  # a field for a day is one thing to use with several stops in it
# In the order of the page; what is hidden or inside a closed <details> cannot be reached and need not be.
USABLE = """[...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')].filter(
  part => part.checkVisibility({contentVisibilityAuto: false, visibilityProperty: true}) && part.tabIndex >= 0)"""
FOCUSABLE = f"{USABLE}.length"
FOCUSED = f"""(() => {{ const at = document.activeElement;
  return [{USABLE}.indexOf(at), at.matches(':focus-visible') && getComputedStyle(at).outlineStyle !== 'none'] }})()"""


@pytest.fixture
def site(live_server) -> str:
    """The shipped record on a server, with a withdrawn promise and one with words too long for any line."""
    call_command("seed", verbosity=0)
    builders.commitment(slug="withdrawn").withdraw(reason="Entered twice.", now=builders.NOW)
    builders.commitment(slug="word", title="Jobs", statement="Jobs.")
    long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    owners = [builders.organisation(long)]
    builders.commitment(slug="long", title=f"{long} and {long}", statement=f"{long} " * 12, owners=owners)
    return live_server.url


def test_axe_finds_nothing_on_a_phone_in_light_or_dark(site: str, browser) -> None:
    """320 px are also what a screen of 1,280 px shows at 400 %."""
    found: dict[str, object] = {}
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    for path in (*PAGES, "/c/word/", "/c/long/"):
        page.goto(site + path)
        page.evaluate(OPEN_ALL)
        if problems := axe.violations(page):
            found[path] = problems
        for scheme in axe.SCHEMES:
            page.emulate_media(color_scheme=scheme)
            if page.evaluate(WIDTH) > PHONE["width"]:
                found[f"{path} in {scheme}"] = "wider than the screen"
    context.close()
    assert found == {}


def test_nothing_is_asked_of_anybody_else_and_no_cookie_is_set(site: str, page) -> None:
    for path in ("/", "/c/compute-20x/", "/method/", "/contact/", "/embed/c/compute-20x/"):
        page.goto(site + path)
    assert page.complaints == []
    assert page.context.cookies() == []


def test_every_page_works_by_keyboard_alone(site: str, page) -> None:
    """Tab reaches everything that can be used, in the order of the page, and shows where it is."""
    for path in ("/", "/c/compute-20x/", "/contact/", "/embed/c/compute-20x/"):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(site + path)
        wanted = page.evaluate(FOCUSABLE)
        met: list[list[object]] = []
        for _ in range(wanted + WITHIN_A_DAY):
            page.keyboard.press("Tab")
            at = page.evaluate(FOCUSED)
            if len(met) < wanted and (not met or met[-1][0] != at[0]):
                met.append(at)
        assert [at for at, _ in met] == list(range(wanted)), path
        assert all(shown for _, shown in met), path
    page.goto(f"{site}/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content", "the first stop skips to the content"


def test_filters_and_search_work_without_scripts(site: str, browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/")
    page.get_by_label("Status", exact=True).select_option("met")
    page.get_by_role("button", name="Show").click()
    assert "status=met" in page.url
    assert page.locator("table.ledger tbody tr").count() == 1
    page.goto(f"{site}/c/compute-20x/")
    page.get_by_text("The numbers as a table").first.click()
    assert page.locator("figure table").first.is_visible()
    context.close()


def test_signs_and_words_stay_in_forced_colours(site: str, browser) -> None:
    """A reader's own two colours: status is still a sign and a word, charts still have lines."""
    context = browser.new_context(forced_colors="active", viewport=PHONE)
    page = context.new_page()
    page.goto(f"{site}/c/compute-20x/")
    ink = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
    for part in (".verdict .status", ".c-label", ".c-axis"):
        prop = "color" if "status" in part else "fill"
        assert page.evaluate(f"getComputedStyle(document.querySelector('{part}')).{prop}") == ink, part
    assert page.locator(".verdict .status svg").bounding_box()["width"] > 0
    context.close()


def test_a_printed_page_gives_the_addresses_of_its_sources(site: str, page) -> None:
    page.goto(f"{site}/c/compute-20x/")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("nav").first.is_visible()
    shown = page.evaluate("getComputedStyle(document.querySelector('.timeline a[href^=http]'), '::after').content")
    assert "http" in shown
    page.goto(f"{site}/c/london-office-expansion/")
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1, (
        "a promise with a dozen events is one sheet"
    )
