"""A reader's way in a real browser, without scripts: the list, one promise, its letter, the mail, the button."""

import re

import pytest
from django.utils import timezone

from commitments.digests import sending
from commitments.digests.models import Subscriber
from tests.record.builders import commitment
from tests.support import browsers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})
    page = context.new_page()
    page.complaints = browsers.listen(page)
    yield page
    context.close()


def test_from_the_list_to_a_confirmed_letter(live_server, page, settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "tracker.outbox.EmailBackend", str(tmp_path)
    settings.SITE_URL = live_server.url
    commitment(title="A bigger office", slug="office")

    page.goto(f"{live_server.url}/")
    page.get_by_role("link", name="A bigger office").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "A bigger office"

    page.locator("main").get_by_role("link", name="Weekly letter").click()
    assert page.get_by_label("Letters about").input_value().startswith("commitment:")
    page.get_by_label("Your e-mail address").fill("rosa@example.org")
    page.wait_for_timeout(2100)  # a form that comes back faster was filled in by a program
    page.get_by_role("button", name="Ask for the letter").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Look into your post"

    sending.send_due(timezone.now)
    mail = next(tmp_path.glob("*.eml")).read_text()
    page.goto(re.search(r"http\S+/digest/confirm/\S+", mail.replace("=\n", ""))[0])
    assert Subscriber.objects.get().state == "pending"
    page.get_by_role("button", name="Yes, send me the letters").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Confirmed"
    assert Subscriber.objects.get().state == "active"
    assert page.complaints == []
    assert page.context.cookies() == []
