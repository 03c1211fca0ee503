"""The child process: reads documents from stdin, one after the other, under limits of its own.

It says READY once, when it has loaded what it needs. Then frames both ways: four bytes of length, then JSON; a job's
body follows its JSON as a second frame.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import BinaryIO

from monitoring.parsing import strict
from monitoring.parsing.reading import capped, read
from monitoring.parsing.shapes import READY, Job, Kind, Parsed, to_plain

MEMORY_BYTES = 240 * 1024 * 1024
CPU_SECONDS = 8


def read_frame(stream: BinaryIO) -> bytes:
    """The next frame; raises EOFError at the end."""
    head = stream.read(4)
    if len(head) < 4:
        raise EOFError
    return stream.read(int.from_bytes(head, "big"))


def frame(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _limit(kind: int, soft: int) -> None:
    try:
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (soft if hard < 0 else min(soft, hard), hard))
    except (ValueError, OSError):
        pass  # macOS does not let the address space be limited; the parent's clock still holds


def _used_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    _limit(resource.RLIMIT_AS, MEMORY_BYTES)
    _limit(resource.RLIMIT_CORE, 0)
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    stdout.write(READY)
    stdout.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # from here on nobody reads complaints: what is wrong is the answer
    while True:
        try:
            about = json.loads(read_frame(stdin))
            body = read_frame(stdin)
        except EOFError:
            return
        _limit(resource.RLIMIT_CPU, int(_used_seconds()) + CPU_SECONDS)
        stdout.write(frame(_answer(about, body)))
        stdout.flush()


def _answer(about: dict[str, str], body: bytes) -> bytes:
    try:
        job = Job(Kind(about.pop("kind")), body, **about)
        strictly = strict.read(job, at_length=True)
        parsed = capped(strictly) if strictly else read(job)
        return json.dumps(to_plain(parsed)).encode()
    except MemoryError:
        return json.dumps(to_plain(Parsed(error="The document needs more memory than it may have."))).encode()


if __name__ == "__main__":
    main()
