"""Finds a Chromium: CHROME_PATH, the search path, Playwright's own, the one inside npm's @sparticuz/chromium."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import BUSY

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLAYWRIGHTS_OWN_MS, PLAYWRIGHTS_OWN_EXPECT_MS = 30_000, 5_000  # https://playwright.dev/python/docs/test-timeouts
UNPACK = "import('@sparticuz/chromium').then(async ({default: c}) => console.log(await c.executablePath()))"


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        pytest.skip("no browser: Playwright has no wheel for this machine")
    with sync_playwright() as playwright:
        path = find(playwright.chromium.executable_path)
        if not path:
            pytest.skip("no browser: install chromium, set CHROME_PATH or run `playwright install chromium`")
        try:
            running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        except Error as error:
            pytest.skip(f"no browser: {path} does not start ({str(error).splitlines()[0]})")
        _be_patient(running)
        yield running
        running.close()


def _be_patient(browser: Any) -> None:
    """Pages wait for what is to come as long as other tests do for a process."""
    from playwright.sync_api import expect

    new_context = browser.new_context

    def patient_context(**options: Any) -> Any:
        context = new_context(**options)
        context.set_default_timeout(BUSY * PLAYWRIGHTS_OWN_MS)
        return context

    browser.new_context = patient_context
    expect.set_options(timeout=BUSY * PLAYWRIGHTS_OWN_EXPECT_MS)


def find(playwrights_own: str) -> str | None:
    named = os.environ.get("CHROME_PATH")
    installed = [shutil.which(name) for name in NAMES]
    for path in [named, *installed, playwrights_own]:
        if path and Path(path).exists():
            return path
    return _from_npm()


def _from_npm() -> str | None:
    node = shutil.which("node")
    if not node or not (ROOT / "node_modules" / "@sparticuz" / "chromium").exists():
        return None
    done = subprocess.run([node, "-e", UNPACK], capture_output=True, text=True, cwd=ROOT, timeout=120)
    return done.stdout.strip() or None


def listen(page: Any) -> list[str]:
    """What a page must not do: throw, log errors (a policy violation is one), ask another host."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    page.on("console", lambda message: message.type == "error" and complaints.append(f"console: {message.text}"))
    page.on("request", lambda request: _foreign(request.url) and complaints.append(f"foreign request: {request.url}"))
    return complaints


def _foreign(url: str) -> bool:
    return not url.startswith(("http://localhost", "http://127.0.0.1", "data:", "blob:", "about:"))
