"""Draws the pictures of the papers from the shipped record and the sample wire: `make screenshots`.

Starts the site on a free port with a database of its own, so that the pictures
show real pages and nothing of what is in `var/`.
"""

import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

ROOT = Path(__file__).resolve().parent.parent
COLOURS = 64  # pages are flat: with so many a picture stays well under 150 kB
PASSWORD = "a-long-phrase-for-pictures"
COVERAGE = (
    "Harbour town signs with Acme, 3 March 2026. Acme will build 40 berths in the harbour by the end of 2027. "
    "The town council plans to open a ferry school in 2028. Acme will also explore a night ferry to the islands."
)


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the pictures are the output."""


def serve() -> str:
    from django.core.wsgi import get_wsgi_application

    server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=Server, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def furnish() -> None:
    """The shipped record, an afternoon's news of the sample wire and a login."""
    from django.contrib.auth.models import User
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("seed", verbosity=0)
    User.objects.create_superuser("erin", "", PASSWORD, first_name="Erin")
    with sample_wire() as address:
        call_command("load_sample_wire", address, verbosity=0)
        call_command("poll", "--all", verbosity=0)


@contextmanager
def sample_wire() -> Iterator[str]:
    from tracker.serving import Handler

    class Silent(Handler):
        log_message = Quiet.log_message

    handler = partial(Silent, directory=str(ROOT / "monitoring" / "sample_wire"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def write_a_letter() -> None:
    from django.contrib.auth.models import User
    from django.utils import timezone

    from commitments.digests import sending
    from commitments.models import Commitment
    from tests.digests.builders import reader

    now, promise = timezone.now(), Commitment.objects.get(slug="defence-deployments")
    reader("rosa@example.org")
    sending.start_run(now)
    title = "Trial of planning tools at two bases"
    proof = promise.add_evidence(
        title=title, url="https://defence.example/trial", publisher="Ministry of Defence",
        published_on=now.date(), tier="T1", stance="supports", act="action", now=now, by=None,
    ).evidence  # fmt: skip
    details: dict[str, Any] = {"reason": "A trial with two bases has begun.", "evidence": [proof], "now": now}
    promise.change_status("in_progress", by=User.objects.get(), effective_on=now.date(), **details)
    sending.start_run(now + timedelta(days=8))


def plain(path: str) -> Callable[[Any, str], None]:
    def open_it(page: Any, address: str) -> None:
        page.goto(address + path)

    return open_it


def status_form(page: Any, address: str) -> None:
    from commitments.models import Commitment

    page.goto(f"{address}/admin/commitments/commitment/{Commitment.objects.get(slug='compute-20x').pk}/status/")


def drafts(page: Any, address: str) -> None:
    page.goto(f"{address}/staff/triage/draft/")
    page.fill("textarea >> nth=0", COVERAGE)
    page.click("text=Look for commitments")


def letter(page: Any, address: str) -> None:
    from commitments.digests.models import Letter

    write_a_letter()
    page.set_content(Letter.objects.exclude(html="").latest("pk").html)


Scene = tuple[Callable[[Any, str], None], int, int]
FOR_ALL: dict[str, Scene] = {
    "home.png": (plain("/"), 1280, 1000),
    "commitment.png": (plain("/c/compute-20x/"), 1280, 1000),
    "embed.png": (plain("/embed/c/compute-20x/"), 520, 260),
}
FOR_STAFF: dict[str, Scene] = {
    "triage.png": (plain("/staff/triage/"), 1280, 860),
    "status.png": (status_form, 1280, 900),
    "drafting.png": (drafts, 1280, 900),
    "letter.png": (letter, 720, 420),  # last: it changes a status
}


def sign_in(page: Any, address: str) -> None:
    page.goto(f"{address}/admin/")
    page.fill("input[name=login]", "erin")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state()


def draw(address: str, folder: Path) -> None:
    from tests.support import browsers

    folder.mkdir(parents=True, exist_ok=True)
    with browsers.chromium() as browser:
        context = browser.new_context(color_scheme="light")
        for name, scene in FOR_ALL.items():
            _picture(context.new_page(), address, folder / name, scene)
        sign_in(context.new_page(), address)
        for name, scene in FOR_STAFF.items():
            _picture(context.new_page(), address, folder / name, scene)


def _picture(page: Any, address: str, path: Path, scene: Scene) -> None:
    from PIL import Image

    show, width, height = scene
    page.set_viewport_size({"width": width, "height": height})
    show(page, address)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=str(path))
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path} {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as var:
        os.environ.update(VAR_DIR=var, DJANGO_SETTINGS_MODULE="tracker.settings", SITE_NAME="Commitment Tracker")
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs a loop in this thread
        import django

        django.setup()
        furnish()
        draw(serve(), ROOT / "docs" / "images")
