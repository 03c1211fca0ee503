"""A scripted web server on loopback: each path answers what the test says, every request is remembered."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None  # bytes to send instead of a proper answer
    wait: float = 0.0


@dataclass(frozen=True)
class Request:
    path: str
    headers: Mapping[str, str]
    began: float
    host: str
    body: bytes = b""


Script = Answer | Callable[[Request], Answer]


class Loopback:
    def __init__(self) -> None:
        self.scripts: dict[str, Script] = {}
        self.requests: list[Request] = []
        self.in_flight = 0
        self.most_in_flight = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._stop = threading.Event()
        self.port: int = self._server.server_address[1]
        self.base = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def set(self, path: str, script: Script | bytes, **headers: str) -> str:
        """Script a path and return its address. Header names: `etag="x"`, `cache_control="…"`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.scripts[path] = Answer(script, headers=named) if isinstance(script, bytes) else script
        return self.base + path

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]

    def close(self) -> None:
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                request = Request(
                    self.path,
                    {k.lower(): v for k, v in self.headers.items()},
                    time.monotonic(),
                    self.headers.get("Host", ""),
                    self.rfile.read(int(self.headers.get("Content-Length", 0))),
                )
                with loopback._lock:
                    loopback.requests.append(request)
                    loopback.in_flight += 1
                    loopback.most_in_flight = max(loopback.most_in_flight, loopback.in_flight)
                self.is_counted = True
                try:
                    self.answer(request)
                except OSError:
                    self.close_connection = True
                finally:
                    self.leave()

            do_POST = do_GET

            def leave(self) -> None:
                """Out of the count before the last octets go: who has them may ask again before this thread wakes."""
                with loopback._lock:
                    loopback.in_flight -= self.is_counted
                self.is_counted = False

            def answer(self, request: Request) -> None:
                script = loopback.scripts.get(self.path, Answer(status=404))
                answer = script(request) if callable(script) else script
                if answer.wait:
                    loopback._stop.wait(answer.wait)
                if answer.raw is not None:
                    self.wfile.write(answer.raw)
                    self.close_connection = True
                    return
                self.send(answer, same=is_same(request, answer))

            def send(self, answer: Answer, *, same: bool) -> None:
                body = b"" if same or answer.status == 304 else answer.body
                self.send_response_only(304 if same else answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if not same and answer.status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.leave()
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                pass

        return Handler


def is_same(request: Request, answer: Answer) -> bool:
    etag = answer.headers.get("etag")
    return answer.status == 200 and etag is not None and request.headers.get("if-none-match") == etag


def rss(*items: str, head: str = "", title: str = "Sample feed") -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>{title}</title><link>https://news.example/</link>{head}{''.join(items)}</channel></rss>"
    ).encode()


def item(number: int, *, title: str = "", link: str = "", guid: str = "", date: str = "", text: str = "") -> str:
    parts = [
        f"<title>{title or f'Story {number}'}</title>",
        f"<link>{link or f'https://news.example/{number}'}</link>",
        f"<guid isPermaLink='false'>{guid or f'id-{number}'}</guid>",
        f"<description>{text or f'Text {number}'}</description>",
    ]
    if date:
        parts.append(f"<pubDate>{date}</pubDate>")
    return f"<item>{''.join(parts)}</item>"
