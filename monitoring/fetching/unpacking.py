"""Bodies, unpacked no further than the limits: counted while unpacking, not after it."""

from __future__ import annotations

import zlib
from typing import Protocol

import brotli

RAW_LIMIT = 5_000_000
UNPACKED_LIMIT = 10_000_000
RATIO_LIMIT = 100
RATIO_FREE = 100_000
STEP = 65_536
ACCEPT_ENCODING = "gzip, br"


class TooBig(Exception):
    """The body passes a limit; the text says which."""


class BadEncoding(Exception):
    """The body cannot be unpacked, or is packed more than once."""


class _Unpacker(Protocol):
    def feed(self, data: bytes) -> list[bytes]: ...
    def finished(self) -> bool: ...


class _Plain:
    def feed(self, data: bytes) -> list[bytes]:
        return [data]

    def finished(self) -> bool:
        return True


class _Zipped:
    def __init__(self, wbits: int) -> None:
        self._stream = zlib.decompressobj(wbits)
        self.left = 0

    def feed(self, data: bytes) -> list[bytes]:
        """At most `STEP` bytes a piece; stops as soon as `left` is used up."""
        pieces: list[bytes] = []
        while data and self.left > 0 and not self._stream.eof:
            pieces.append(self._stream.decompress(data, STEP))
            self.left -= len(pieces[-1])
            data = self._stream.unconsumed_tail
        return pieces

    def finished(self) -> bool:
        return self._stream.eof


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()
        self.left = 0

    def feed(self, data: bytes) -> list[bytes]:
        pieces: list[bytes] = []
        while True:
            pieces.append(self._stream.process(data, output_buffer_limit=STEP))
            self.left -= len(pieces[-1])
            data = b""
            if self._stream.can_accept_more_data() or self.left <= 0:
                return pieces

    def finished(self) -> bool:
        return bool(self._stream.is_finished())


class Bounded:
    """Collects a body piece by piece; raises TooBig or BadEncoding at the first piece too many."""

    def __init__(self, encoding: str) -> None:
        self.raw = 0
        self._pieces: list[bytes] = []
        self._unpacked = 0
        self._unpacker: _Unpacker = _unpacker_for(encoding)

    def add(self, data: bytes) -> None:
        self.raw += len(data)
        if self.raw > RAW_LIMIT:
            raise TooBig(f"The body is larger than {RAW_LIMIT // 1_000_000} MB.")
        ceiling = min(UNPACKED_LIMIT, max(self.raw * RATIO_LIMIT, RATIO_FREE))
        if isinstance(self._unpacker, _Zipped | _Brotli):
            self._unpacker.left = ceiling - self._unpacked + 1
        try:
            pieces = self._unpacker.feed(data)
        except (zlib.error, brotli.error) as error:
            raise BadEncoding(f"The body is damaged: it cannot be unpacked ({error}).") from None
        self._unpacked += sum(map(len, pieces))
        if self._unpacked > ceiling:
            raise TooBig(f"The body unpacks to more than {ceiling // 1_000} kB from {self.raw // 1_000} kB: not read.")
        self._pieces.extend(pieces)

    def finish(self) -> bytes:
        if self.raw and not self._unpacker.finished():
            raise BadEncoding("The body is damaged: its packed form ends too early.")
        body = b"".join(self._pieces)
        if body.startswith(b"\x1f\x8b"):
            raise BadEncoding("The body is packed in a way the server does not name: only one named layer is unpacked.")
        return body


def _unpacker_for(encoding: str) -> _Unpacker:
    names = [part.strip().lower() for part in encoding.split(",") if part.strip()]
    names = [name for name in names if name != "identity"]
    if not names:
        return _Plain()
    if len(names) > 1:
        raise BadEncoding(f"The body is packed more than once ({encoding}): not unpacked.")
    if names[0] in {"gzip", "x-gzip"}:
        return _Zipped(zlib.MAX_WBITS | 16)
    if names[0] == "deflate":
        return _Zipped(zlib.MAX_WBITS)
    if names[0] == "br":
        return _Brotli()
    raise BadEncoding(f"The body is packed as “{names[0]}”, which was not asked for.")
