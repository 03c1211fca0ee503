"""A member of staff adds a source by its site's address, and sees what became of it: in a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from monitoring.models import Source
from tests.support import browsers
from tests.watch.loopback import Answer, Loopback, item, rss
from tests.watch.world import DAY, poll, watch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(live_server: Any, transactional_db: None, browser: Any) -> Iterator[Any]:
    client = Client()
    client.force_login(User.objects.create_superuser("edith", password="a long pass phrase"))
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    yield context
    context.close()


def picture(page: Any, name: str) -> None:
    """Kept when somebody wants to look: PICTURES=folder."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_from_a_sites_address_to_a_watched_source_and_its_history(
    live_server: Any, desk: Any, server: Loopback
) -> None:
    head = '<link rel="alternate" type="application/rss+xml" title="All news" href="/news.rss">'
    server.set("/", f"<html><head><title>The Paper</title>{head}</head><p>Home</html>".encode())
    server.set("/news.rss", rss(item(1), item(2), title="The Paper: news"), etag='"1"')
    page = desk.new_page()
    complaints = browsers.listen(page)
    page.goto(f"{live_server.url}/admin/monitoring/source/add/")
    page.fill("input[name=address]", f"{server.base}/")
    picture(page, "1-add")
    page.get_by_role("button", name="Look").click()
    page.get_by_text("All news").wait_for()
    picture(page, "2-found")
    page.get_by_role("button", name="Watch").first.click()
    page.get_by_text("is watched from now on").wait_for()
    picture(page, "3-added")
    assert "The Paper: news" in page.content()
    assert page.locator(".field-history tbody tr").count() == 1
    assert Source.objects.get().items.count() == 2
    assert [one for one in complaints if "404" not in one] == []  # the admin has no icon


def test_poll_now_pause_and_what_needs_a_person(live_server: Any, desk: Any, server: Loopback) -> None:
    good = watch(server.set("/good", rss(item(1), item(2))), title="Good paper")
    failing = watch(server.set("/bad", Answer(status=500)), title="Bad paper")
    gone = watch(server.set("/gone", Answer(status=410)), title="Closed paper")
    silent = watch(server.set("/silent", rss(item(3), head="")), title="Silent paper")
    now = timezone.now()
    poll(now)
    Source.objects.filter(pk=failing.pk).update(failing_since_at=now - 8 * DAY)
    Source.objects.filter(pk=silent.pk).update(own_gap=3600, newest_item_at=now - 20 * DAY)
    page = desk.new_page()
    page.goto(f"{live_server.url}/admin/")
    picture(page, "4-home")
    home = page.inner_text("body")
    for title in (failing.title, gone.title, silent.title):
        assert title in home, title
    assert good.title not in home
    assert "Nothing new since" in home
    assert "about every 1 hour" in home
    page.goto(f"{live_server.url}/admin/monitoring/source/")
    picture(page, "5-list")
    page.locator(f"input.action-select[value='{good.pk}']").check()
    page.select_option("select[name=action]", "poll_now")
    page.get_by_role("button", name="Go").click()
    page.get_by_text("will be read within a minute").wait_for()
    picture(page, "6-polled")
    page.goto(f"{live_server.url}/monitoring/")
    picture(page, "7-public")
    shown = page.inner_text("body")
    assert "2 seen 0 suggested, 0 accepted" in " ".join(shown.split())
    assert "Not readable since" in shown
