"""What every test may ask for, and what no test may do: reach beyond this machine."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import browsers, loopback, mailing, processes, reporting
from tracker import servers

loopback.only()


def pytest_configure(config: pytest.Config) -> None:
    """Tests never touch var/ of the checkout, and a task that is sent goes nowhere unless a broker is asked for."""
    import tempfile

    from django.conf import settings

    settings.VAR_DIR = Path(tempfile.mkdtemp(prefix="tracker-tests-"))
    settings.BROKER_URL = "memory://"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECURE_SSL_REDIRECT = False
    settings.AXES_ENABLED = False  # tests sign people in without a request; test_signing_in turns it on
    _empty_tables_without_their_triggers()
    _ask_for_the_version_every_time()


def _ask_for_the_version_every_time() -> None:
    """Tests empty tables without a word to anybody: the version of a moment ago says nothing about the next test."""
    from commitments.public import caching

    caching.TRUSTED_SECONDS = 0


def _empty_tables_without_their_triggers() -> None:
    """`flush` cleans up after tests with real transactions; the append-only triggers would refuse it."""
    from django.core.management.commands import flush
    from django.db import connections

    from commitments import triggers

    original = flush.Command.handle

    def handle(self: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        triggers.remove(connection)
        try:
            original(self, **options)
        finally:
            triggers.install(connection)

    flush.Command.handle = handle


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Browser tests come last: Playwright leaves its loop running in this thread, where `asyncio.run` then refuses.

    Where processes share the run out, each takes whole files, a file's browser tests apart, in that same order. The
    marks must stand before the sharing plugin reads them, the order must be the last word: hence a wrapper.
    """
    for item in items:
        name = f"{item.path.stem}-browser" if _needs_browser(item) else item.path.stem
        item.add_marker(pytest.mark.xdist_group(name))
    yield
    items.sort(key=_needs_browser)


def _needs_browser(item: pytest.Item) -> bool:
    return item.get_closest_marker("browser") is not None or "browser" in _fixtures_of(item)


def _fixtures_of(item: pytest.Item) -> tuple[str, ...]:
    return tuple(getattr(item, "fixturenames", ()))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reporting.say_what_was_left_out(terminalreporter)


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporting.insist(session)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Postgres]:
    """A real PostgreSQL; `postgres.create("name")` gives the address of an empty database."""
    yield from processes.serve(servers.Postgres(tmp_path_factory.mktemp("postgres")))


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[servers.Broker]:
    """A real broker of its own for this test; it may be stopped, paused and started again."""
    yield from processes.serve(servers.Broker(tmp_path / "broker"))


@pytest.fixture
def smtp_sink() -> Iterator[mailing.Sink]:
    """A real SMTP server on loopback that keeps every letter as it came: `smtp_sink.url`, `smtp_sink.letters`."""
    with mailing.Sink() as sink:
        yield sink


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A Chromium driven by Playwright, or the test is left out with one line at the end of the run."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs a loop in this thread
    with browsers.chromium() as running:
        yield running


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """An empty page in a fresh context. Collects what a page must not do in `page.complaints`."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.complaints = browsers.listen(page)
    yield page
    context.close()
