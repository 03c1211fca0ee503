"""The parent's side of the child process: hands documents over, waits no longer than it may, replaces the dead."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import selectors
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from monitoring.parsing import strict
from monitoring.parsing.shapes import READY, Job, Parsed, from_plain

logger = logging.getLogger(__name__)
WALL_SECONDS = 9.0
START_SECONDS = 30.0  # loading the parsers on a busy machine; no document's fault
MOST_DOCUMENTS = 2_000
LONGEST_ANSWER = 256 * 1024 * 1024
_ROOT = Path(__file__).resolve().parents[2]
# What an interpreter may need to start at all. Nothing else is handed on: the child is to know no secret.
_HANDED_ON = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH")


class _Died(Exception):
    pass


class _CannotStart(Exception):
    """The child ended, or said nothing, before the first document; the text is its own last word."""


class Sandbox:
    """One child at a time, started at the first document. `parse` never raises; threads take turns."""

    def __init__(self, *, wall_seconds: float = WALL_SECONDS) -> None:
        self._wall = wall_seconds
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._done = 0
        self._owner = 0

    def parse(self, job: Job) -> Parsed:
        with self._lock:
            try:
                return self._parse(job)
            except _CannotStart as error:
                self._end()
                logger.error("The process that reads documents does not start: %s", error)
                said = (
                    f"The process that reads documents does not start ({error}): this is a fault of the tracker's own."
                )
                return Parsed(error=said, is_our_fault=True)
            except TimeoutError:
                self._end()
                return Parsed(error=f"Reading the document took more than {self._wall:g} s: given up.")
            except (_Died, OSError):
                self._end()
                return Parsed(error="Reading the document took more computing time or memory than it may.")
            except (ValueError, KeyError, TypeError):
                self._end()
                return Parsed(error="The reader answered nonsense: the document is not trusted.")

    def peak_megabytes(self) -> int:
        """The most memory the present child has held, in MB; 0 without a child, or where the system does not say."""
        try:
            status = Path(f"/proc/{self._child.pid if self._child else 0}/status").read_text()
        except OSError:
            return 0
        peaks = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
        return int(peaks[0]) // 1024 if peaks else 0

    def close(self) -> None:
        with self._lock:
            self._end()

    def _parse(self, job: Job) -> Parsed:
        child = self._ready()
        about = {
            "kind": job.kind.value,
            "address": job.address,
            "content_type": job.content_type,
            "selector": job.selector,
        }
        head = json.dumps(about).encode()
        assert child.stdin is not None
        for part in (head, job.body):
            child.stdin.write(len(part).to_bytes(4, "big") + part)
        child.stdin.flush()
        answer = self._receive(child)
        self._done += 1
        return from_plain(json.loads(answer))

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():
            self._child, self._owner = None, os.getpid()  # after a fork the child is the other process's own
        if self._child is None or self._child.poll() is not None or self._done >= MOST_DOCUMENTS:
            self._end()
            self._start()
            self._done = 0
        assert self._child is not None
        return self._child

    def _start(self) -> None:
        """A child that has said that it is ready; raises _CannotStart."""
        with tempfile.TemporaryFile() as complaints:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "monitoring.parsing.child"],
                cwd=_ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env=environment(os.environ),
                start_new_session=True,
            )
            try:
                self._read(self._child, len(READY), time.monotonic() + START_SECONDS)
            except TimeoutError:
                raise _CannotStart(f"not ready within {START_SECONDS:g} s") from None
            except _Died:
                complaints.seek(0)
                lines = complaints.read().decode("utf-8", "replace").strip().splitlines()
                raise _CannotStart(lines[-1][:300] if lines else "it ended without a word") from None

    def _receive(self, child: subprocess.Popen[bytes]) -> bytes:
        until = time.monotonic() + self._wall
        size = int.from_bytes(self._read(child, 4, until), "big")
        if size > LONGEST_ANSWER:
            raise ValueError("too long an answer")
        return self._read(child, size, until)

    def _read(self, child: subprocess.Popen[bytes], size: int, until: float) -> bytes:
        assert child.stdout is not None
        data = bytearray()
        with selectors.DefaultSelector() as ready:
            ready.register(child.stdout, selectors.EVENT_READ)
            while len(data) < size:
                if not ready.select(max(until - time.monotonic(), 0)):
                    raise TimeoutError
                piece = child.stdout.raw.read(size - len(data))  # type: ignore[attr-defined]
                if not piece:
                    raise _Died
                data += piece
        return bytes(data)

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for stream in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                assert stream is not None
                stream.close()
        child.wait()


def environment(own: Mapping[str, str]) -> dict[str, str]:
    """The child's: what its interpreter needs to start, and no more."""
    needed = {name: own[name] for name in _HANDED_ON if name in own}
    return {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8", **needed}


class Sandboxes:
    """A few children side by side, so that one document that takes its time holds up no other."""

    def __init__(self, size: int) -> None:
        self._free: queue.LifoQueue[Sandbox] = queue.LifoQueue()
        for _ in range(size):
            self._free.put(Sandbox())

    def parse(self, job: Job) -> Parsed:
        sandbox = self._free.get()
        try:
            return sandbox.parse(job)
        finally:
            self._free.put(sandbox)


_shared = Sandboxes(2)


def parse(job: Job) -> Parsed:
    """Read one document: here when it is in the strict reader's profile, else in one of this process's children."""
    return strict.read(job) or _shared.parse(job)
