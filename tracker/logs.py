"""Log lines that say what they are for: the request or the task that they belong to. No addresses of people."""

import json
import logging
import re
import sys
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

_request: ContextVar[str] = ContextVar("request", default="-")
ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")
MAIL_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")

# Who holds such an address may do what it says: of a reader's letters, of a hub.
SECRET_LINK = re.compile(r"(/digest/(?:confirm|unsubscribe|manage)/|/monitoring/push/)[^/\s?\"']+")
# What would begin a line of its own, and so could pass for another entry.
LINE_ENDS = str.maketrans({end: f"\\u{ord(end):04x}" for end in "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"})


def name_the_request(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Take the proxy's X-Request-ID when it is harmless, else make one; answer with it."""

    def answer(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        name = given if ACCEPTABLE.fullmatch(given) else uuid.uuid4().hex[:16]
        token = _request.set(f"request {name}")
        try:
            response = get_response(request)
        finally:
            _request.reset(token)
        response.headers["X-Request-ID"] = name
        return response

    return answer


class WhatFor(logging.Filter):
    """Adds `what_for` to every record and takes mail addresses, secret links and line ends out of its text."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.what_for = _task() or _request.get()
        message = record.getMessage()
        clean = without_secrets(message).translate(LINE_ENDS)
        if clean != message:
            record.msg, record.args = clean, None
        return True


def without_secrets(text: str) -> str:
    """The text without addresses of people and without links that open something."""
    text = SECRET_LINK.sub(r"\1(link)", text)
    return MAIL_ADDRESS.sub("(address)", text) if "@" in text else text


class LineFormatter(logging.Formatter):
    """One line for people; the traceback under it names no address either."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "from": record.name,
            "for": getattr(record, "what_for", "-"),
            "message": record.getMessage(),
        }
        if record.exc_info:
            said["exception"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False)


def _task() -> str:
    """The task at work in this process, without importing Celery where it is not running."""
    celery = sys.modules.get("celery")
    task = getattr(celery, "current_task", None) if celery else None
    number = getattr(getattr(task, "request", None), "id", None) if task else None
    return f"task {number}" if number else ""
