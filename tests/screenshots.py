"""Draws the pictures of the README from the shipped record: `make screenshots`.

Starts the site on a free port with a database of its own, so that the pictures
show real pages and nothing of what is in `var/`.
"""

import os
import sys
import tempfile
import threading
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

ROOT = Path(__file__).resolve().parent.parent
PICTURES = {"home.png": ("/", 1280, 1000), "commitment.png": ("/c/compute-20x/", 1280, 1000)}


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the pictures are the output."""


def serve() -> str:
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    call_command("migrate", verbosity=0)
    call_command("seed", verbosity=0)
    server = make_server("127.0.0.1", 0, application, server_class=Server, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def draw(address: str, folder: Path) -> None:
    from tests.support import browsers

    folder.mkdir(parents=True, exist_ok=True)
    with browsers.chromium() as browser:
        for name, (path, width, height) in PICTURES.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
            page.goto(address + path)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=str(folder / name))
            print(folder / name)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as var:
        os.environ.update(VAR_DIR=var, DJANGO_SETTINGS_MODULE="tracker.settings", SITE_NAME="Commitment Tracker")
        draw(serve(), ROOT / "docs" / "images")
