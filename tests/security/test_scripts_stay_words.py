"""Scripts in every stored text, every sink in a real browser with its policy switched off: nothing runs.

One payload and the pages that show most in every run; with XSS=all every payload on every page: `make fuzz`.
"""

import os
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from monitoring.models import Suggestion
from tests.security import inhabited, poisoning, probing
from tests.security.inhabited import SLUG

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EVERYTHING = os.environ.get("XSS") == "all"
PAYLOADS = poisoning.PAYLOADS if EVERYTHING else poisoning.PAYLOADS[1:2]
SINKS = (
    *("/", f"/c/{SLUG}/", "/changes/", "/owners/openai/", "/agreements/memorandum/", "/contact/", "/monitoring/"),
    *(f"/embed/c/{SLUG}/", f"/embed/c/{SLUG}.svg", "/changes.atom", f"/c/{SLUG}.json", "/digest/"),
    *("/staff/triage/", "/staff/triage/search/?unmatched=yes", "/admin/", "/admin/digests/digestrun/next/"),
    *("/admin/digests/digestrun/next/html/", "/admin/commitments/commitment/", "/admin/commitments/evidence/"),
    *("/admin/monitoring/source/", "/admin/public/challenge/", "/admin/commitments/proposal/", "/data/"),
)
WATCH = "window.hits = 0; window.hit = () => { window.hits += 1 }"
# What a page must not hold even where it did not run: a handler of ours, or a link that is a script.
HELD = """() => [...document.querySelectorAll('*')].filter(one =>
    [...one.attributes].some(a => /^on/i.test(a.name) && /hit\\(/.test(a.value)) ||
    /^\\s*javascript:/i.test(one.getAttribute('href') || '')).length"""


@pytest.fixture
def window(live_server, browser):
    """A browser that obeys no policy, signed in as somebody who may see everything."""
    client = Client()
    client.force_login(inhabited.populate(letters=False))
    context = browser.new_context(bypass_csp=True, locale="en-GB")
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    context.add_init_script(WATCH)
    yield context
    context.close()


def sinks() -> list[str]:
    card = Suggestion.objects.get().pk
    every = probing.paths(inhabited.addresses()) if EVERYTHING else []
    no_pages = ("/push/", ".zip", "/export/", "/list/", "logout", "/download/", ".ics", ".csv", "record.zip")
    own = [*SINKS, *inhabited.addresses()[-8:], f"/staff/triage/{card}/", f"/admin/commitments/commitment/{1}/change/"]
    return [path for path in dict.fromkeys([*own, *every]) if not any(word in path for word in no_pages)]


MAY_SAY_SO = {"/statusz": 503}
"""The tests have no beat that anybody could hear, and with all payloads they last longer than it may be silent."""


SHOWN = ("html", "svg", "xml", "json", "text/plain")


def _is_shown(answer) -> bool:
    """A browser neither saves it, nor shows a page of its own instead, as for a refusal without a body."""
    kept = "attachment" in answer.headers.get("content-disposition", "")
    kind = answer.headers.get("content-type", "")
    return answer.status != 405 and not kept and "jsonl" not in kind and any(word in kind for word in SHOWN)


def look(page, address: str) -> list[str]:
    """What ran or could run there."""
    if EVERYTHING and not _is_shown(page.request.get(address)):
        return []
    answer = page.goto(address, wait_until="load")
    assert answer.status < 500 or (urlsplit(address).path, answer.status) in MAY_SAY_SO.items(), address
    ran, held = page.evaluate("window.hits || 0"), page.evaluate(HELD)
    return [f"{address}: {ran} ran, {held} held"] if ran or held else []


def test_no_stored_text_runs_anywhere(window, live_server):
    page, dialogs = window.new_page(), []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for payload in PAYLOADS:
        assert poisoning.poison(payload) > 100
        if not inhabited.DigestRun.objects.exists():
            inhabited.write_letters()
        ran = [line for path in sinks() for line in look(page, live_server.url + path)]
        assert ran == []
    assert dialogs == []
    # and the payload is alive: where somebody forgets to escape it, it runs
    page.goto(f"{live_server.url}/about/")
    page.set_content(f"<p>{poisoning.PAYLOADS[1]}</p>")
    page.wait_for_function("window.hits > 0")
    assert page.evaluate(HELD) > 0
