"""A tiny web server for one folder on loopback: `python serving.py FOLDER PORT`.

It carries the sample wire, so that a machine without internet still shows the
whole loop over real HTTP. Answers conditional requests; the standard library alone.
"""

import hashlib
import sys
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TYPES = {".rss": "application/rss+xml", ".atom": "application/atom+xml", ".xml": "application/xml"}


class Handler(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | TYPES

    def do_GET(self) -> None:
        if self.headers.get("If-None-Match") == self._etag():
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self.end_headers()
            return
        super().do_GET()

    def end_headers(self) -> None:
        etag = self._etag()
        if etag:
            self.send_header("ETag", etag)
        super().end_headers()

    def _etag(self) -> str:
        path = Path(self.translate_path(self.path))
        return f'"{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}"' if path.is_file() else ""


def main(folder: str, port: str) -> None:
    ThreadingHTTPServer(("127.0.0.1", int(port)), partial(Handler, directory=folder)).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:3])
