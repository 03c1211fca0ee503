"""Rendered pages kept in memory under the version of the record, and what readers get while the database is away.

A page is made anew when the record changes, a day begins or the code does; in
between it costs a look at the version, shared by all who ask within a tenth of a
second, and is answered before sessions and users are looked at. Nothing here
decides what a page says.
"""

import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from commitments.public import remembering, versioning

# However quiet the record: what a page says of the watch is never older than this.
KEEP_SECONDS = 300
# How long a version may be taken for the present one: as late as a publish of another process may show.
TRUSTED_SECONDS = 0.1
MOST_PAGES = 1000
MOST_BYTES = 64 * 1024 * 1024
WORTH_SQUEEZING = 500
MAIN = b'<main id="content" tabindex="-1">'
STALE = (
    b'<div class="notice" role="status"><p><strong>This page may be out of date.</strong> '
    b"Our database cannot be reached just now; you see the last copy we made, of %s.</p></div>"
)


@dataclass(frozen=True)
class Kept:
    """A page as it was answered: both spellings, its headers, when and of which version it was made."""

    version: str
    body: bytes
    squeezed: bytes
    headers: tuple[tuple[str, str], ...]
    made_at: float
    made_on: str
    may_be_framed: bool = False
    etag: str = ""


class Shelf:
    """The pages of this process, the least recently used thrown out first."""

    def __init__(self) -> None:
        self.pages: OrderedDict[str, Kept] = OrderedDict()
        self.bytes = 0
        self.lock = Lock()

    def get(self, key: str) -> Kept | None:
        with self.lock:
            page = self.pages.get(key)
            if page:
                self.pages.move_to_end(key)
            return page

    def put(self, key: str, page: Kept) -> None:
        with self.lock:
            self._drop(key)
            self.pages[key] = page
            self.bytes += len(page.body) + len(page.squeezed)
            while len(self.pages) > MOST_PAGES or self.bytes > MOST_BYTES:
                self._drop(next(iter(self.pages)))

    def _drop(self, key: str) -> None:
        page = self.pages.pop(key, None)
        if page:
            self.bytes -= len(page.body) + len(page.squeezed)


shelf = Shelf()


def build() -> str:
    """Changes with the code and the templates, so that a new release makes new pages."""
    own = Path(__file__).parent
    files = [*own.rglob("*.py"), *own.rglob("*.css"), *(settings.BASE_DIR / "templates").rglob("*.html")]
    newest = max((file.stat().st_mtime_ns for file in files), default=0)
    return f"{newest:x}-{len(files)}"


BUILD = build()


def early(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: kept pages that still hold, like static files, before all that only staff and forms need."""

    def answer(request: HttpRequest) -> HttpResponse:
        return _at_once(request) or get_response(request)

    return answer


def _at_once(request: HttpRequest) -> HttpResponse | None:
    page = shelf.get(request.get_full_path()) if request.method == "GET" else None
    if page is None or connection.in_atomic_block:
        return None
    request.get_host()  # refuses a name that is not ours, as the rest of the stack would
    try:
        if not _holds(page, _version(versioning.recent(TRUSTED_SECONDS))):
            return None
    except Error:
        return None
    response = _answered(request, page)
    response.headers.setdefault("Content-Length", str(len(response.content)))
    if not page.may_be_framed:
        response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
    return response


def answer(request: HttpRequest, make: Callable[[], HttpResponse]) -> HttpResponse:
    """The kept page where it still holds, a 304 where the reader has it, else a new one."""
    if connection.in_atomic_block:
        return make()
    key = request.get_full_path()
    try:
        version = _version(versioning.current())
        page = shelf.get(key)
        if page is None or not _holds(page, version):
            with remembering.at(version):
                response = make()
            if response.status_code != 200 or response.streaming:
                return response
            page = _keep(key, version, response)
    except Error:
        return _stale(request, shelf.get(key))
    return _answered(request, page)


def _version(of_record: str) -> str:
    return f"{of_record}|{timezone.localdate()}|{BUILD}"


def _holds(page: Kept, version: str) -> bool:
    return page.version == version and time.monotonic() - page.made_at <= KEEP_SECONDS


def _answered(request: HttpRequest, page: Kept) -> HttpResponse:
    if request.headers.get("If-None-Match") == page.etag:
        return _headed(HttpResponse(status=304), page)
    return _headed(_spelling(request, page), page)


def _keep(key: str, version: str, response: HttpResponse) -> Kept:
    etag = f'W/"{hashlib.sha256(f"{version}|{key}".encode()).hexdigest()[:24]}"'
    body = response.content
    squeezed = gzip.compress(body, 6, mtime=0) if len(body) > WORTH_SQUEEZING and _is_text(response) else b""
    headers = tuple((name, value) for name, value in response.items())
    framed = getattr(response, "xframe_options_exempt", False)
    said = f"{timezone.now():%d %B %Y, %H:%M} UTC"
    page = Kept(version, body, squeezed, headers, time.monotonic(), said, framed, etag)
    shelf.put(key, page)
    return page


def _is_text(response: HttpResponse) -> bool:
    return not response["Content-Type"].startswith("image/png")


def _spelling(request: HttpRequest, page: Kept) -> HttpResponse:
    if page.squeezed and "gzip" in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(page.squeezed, headers={"Content-Encoding": "gzip"})
    return HttpResponse(page.body)


def _headed(response: HttpResponse, page: Kept) -> HttpResponse:
    for name, value in page.headers:
        response.headers[name] = value
    response.xframe_options_exempt = page.may_be_framed
    response["ETag"] = page.etag
    response["Cache-Control"] = "public, max-age=0, must-revalidate, stale-if-error=86400"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _no_copy(request: HttpRequest) -> HttpResponse:
    """A page for people, a line for programs: addresses of pages end in a slash."""
    headers = {"Retry-After": "30"}
    if request.path.endswith("/"):
        return HttpResponse(render_to_string("503.html"), status=503, headers=headers)
    said = "The database cannot be reached just now and there is no copy of this page. Please try again shortly."
    return HttpResponse(said, content_type="text/plain; charset=utf-8", status=503, headers=headers)


def _stale(request: HttpRequest, page: Kept | None) -> HttpResponse:
    """The last copy with a word about its age, or a 503 where there is none."""
    if page is None:
        return _no_copy(request)
    response = HttpResponse(page.body.replace(MAIN, MAIN + STALE % page.made_on.encode(), 1))
    for name, value in page.headers:
        response.headers[name] = value
    response["Warning"] = '110 - "Response is Stale"'
    response["Cache-Control"] = "no-store"
    return response
