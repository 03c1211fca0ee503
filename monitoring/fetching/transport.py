"""A thin httpx transport: the address that was checked is the address connected to.

One request a connection (a poller asks a host once and leaves), HTTP/1.1, parsed by httptools. It is where the
address check belongs, because between here and the socket nothing resolves again. It never looks at proxy variables.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address

import httptools
import httpx

from monitoring.fetching import addresses

Resolver = Callable[[str, int], Awaitable[list[str]]]
HEAD_LIMIT = 65_536
CONNECT_SECONDS = 8.0
READ_BYTES = 65_536


class NoAddress(Exception):
    """The resolver does not know the host."""


class NoConnection(Exception):
    """None of the checked addresses could be connected to."""


class NoTrust(Exception):
    """The certificate was not accepted."""


class BadAnswer(Exception):
    """What came back is not an HTTP answer, or stops in the middle of one."""


async def resolve(host: str, port: int) -> list[str]:
    """Every address the system's resolver has for the host."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=1)
    except (OSError, UnicodeError):
        raise NoAddress(f"No address is known for {host}: is the name right?") from None
    return [str(entry[4][0]) for entry in found]


@dataclass(frozen=True, slots=True)
class Gate:
    """Decides what may be connected to: the block table, save for `allowed` networks (any port there)."""

    allowed: tuple[addresses.Network, ...] = ()
    resolver: Resolver = resolve

    async def checked(self, host: str, port: int) -> list[str]:
        addresses.check_host(host)
        try:
            answers = [str(ip_address(host))]
        except ValueError:
            answers = await self.resolver(host, port)
        return addresses.check_answers(host, answers, port, self.allowed)


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    context = httpx.create_ssl_context(trust_env=False)
    context.set_alpn_protocols(["http/1.1"])
    return context


class CheckedTransport(httpx.AsyncBaseTransport):
    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        host = url.raw_host.decode("ascii")
        port = url.port or (443 if url.scheme == "https" else 80)
        checked = await self._gate.checked(host.strip("[]"), port)
        reader, writer = await _connect(checked, host, port, secure=url.scheme == "https")
        try:
            writer.write(_head(request) + request.content)
            answer = _Answer(reader)
            await answer.read_head()
        except BaseException:
            writer.transport.abort()
            raise
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer, writer), request=request)


async def _connect(
    checked: list[str], host: str, port: int, *, secure: bool
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    problem = "no answer"
    for address in checked[:4]:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                if secure:
                    return await asyncio.open_connection(address, port, ssl=_trust(), server_hostname=host)
                return await asyncio.open_connection(address, port)
        except ssl.SSLError as error:
            why = getattr(error, "verify_message", "") or error.reason or "TLS failed"
            raise NoTrust(f"The secure connection to {host} failed: {why}.") from None
        except TimeoutError:
            problem = f"no answer within {CONNECT_SECONDS:.0f} s"
        except OSError as error:
            problem = os.strerror(error.errno).lower() if error.errno else str(error)
    raise NoConnection(f"No connection to {host}: {problem}.")


def _head(request: httpx.Request) -> bytes:
    lines = [request.method.encode() + b" " + request.url.raw_path + b" HTTP/1.1"]
    lines += [name + b": " + value for name, value in request.headers.raw]
    return b"\r\n".join(lines) + b"\r\n\r\n"


class _Answer:
    """One HTTP answer as httptools tells it; the names of the `on_` methods are httptools' own."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self._reader = reader
        self._parser = httptools.HttpResponseParser(self)
        self._pieces: list[bytes] = []
        self._head_size = 0
        self._head_done = self._done = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()
        self._head_done = self.status >= 200
        if not self._head_done:
            self.headers.clear()

    def on_body(self, data: bytes) -> None:
        self._pieces.append(data)

    def on_message_complete(self) -> None:
        self._done = self._head_done

    async def read_head(self) -> None:
        while not self._head_done:
            if not await self._read_more():
                raise BadAnswer("The server closed the connection before it answered.")
            self._head_size += READ_BYTES if not self._head_done else 0
            if self._head_size > 4 * HEAD_LIMIT or len(self.headers) > 256:
                raise BadAnswer("The server's answer has too long a head.")

    async def pieces(self) -> AsyncIterator[bytes]:
        while True:
            while self._pieces:
                yield self._pieces.pop(0)
            if self._done:
                return
            if not await self._read_more():
                break
        if self._awaits_more():
            raise BadAnswer("The server's answer stops in the middle.")

    async def _read_more(self) -> bool:
        try:
            data = await self._reader.read(READ_BYTES)
            if data:
                self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            raise BadAnswer("The server wants to change the protocol.") from None
        except httptools.HttpParserError as error:
            if self._done:
                return True
            raise BadAnswer(f"The server's answer is not proper HTTP ({error}).") from None
        except OSError as error:
            raise BadAnswer(f"The connection broke: {error.strerror or error}.") from None
        return bool(data)

    def _awaits_more(self) -> bool:
        """A body without a stated length ends with the connection; any other was cut short."""
        return any(name.lower() in {b"content-length", b"transfer-encoding"} for name, _ in self.headers)


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: _Answer, writer: asyncio.StreamWriter) -> None:
        self._answer = answer
        self._writer = writer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._answer.pieces():
            yield piece

    async def aclose(self) -> None:
        self._writer.transport.abort()
