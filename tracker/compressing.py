"""What goes out compressed, for lines are slow: static files found in place, and pages that nothing else compressed.

The embedded default runs no `collectstatic`. With `STATIC_ROOT` set, that has left compressed files beside the plain
ones, and only pages are left to do.
"""

import gzip
import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]
from whitenoise.responders import StaticFile  # type: ignore[import-untyped]

SQUEEZED = (".css", ".js", ".svg", ".txt")
# Below this the header of gzip eats what it saves.
WORTH_SQUEEZING = 500


class CompressingMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    def add_files(self, root: str, prefix: str | None = None) -> None:
        """Nothing is collected in the embedded default, and nobody need be warned of it at every start."""
        if not self.use_finders or Path(root).is_dir():
            super().add_files(root, prefix)

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> StaticFile:
        source = Path(path)
        if not self.use_finders or source.suffix not in SQUEEZED or source.stat().st_size < WORTH_SQUEEZING:
            return super().get_static_file(path, url, stat_cache)
        headers = Headers([])
        self.add_mime_headers(headers, path, url)
        self.add_cache_headers(headers, path, url)
        return StaticFile(path, headers.items(), encodings={"gzip": str(squeezed(source))})


class PageCompressing(GZipMiddleware):
    """Pages for people who are not signed in.

    Where somebody is, lengths could tell a stranger what is secret on the page (BREACH): those go out plain.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            return response
        return super().process_response(request, response)


def squeezed(source: Path) -> Path:
    """The file, compressed, in `VAR_DIR`; made once for each content."""
    content = source.read_bytes()
    target = settings.VAR_DIR / "static" / f"{hashlib.sha256(content).hexdigest()[:32]}{source.suffix}.gz"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(handle, "wb") as out:
            out.write(gzip.compress(content, mtime=0))
        os.replace(name, target)  # other web processes may be making the same file
    return target
