"""Process trees for tests: commands of manage.py in their own folder, read line by line, and what they left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tracker import servers

ROOT = Path(__file__).resolve().parent.parent.parent
# Waits are what an idle machine needs. They only catch what hangs, so a busy machine gets this many times more.
BUSY = 6
Server = TypeVar("Server", servers.Postgres, servers.Broker)
OURS = (
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "SITE_URL",
    "ALLOW_PRIVATE_NETWORKS",
    "FOUR_EYES",
    "SECRET_KEY",
    "DJANGO_SETTINGS_MODULE",
)


def environment(var: Path, **more: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if name not in OURS}
    return {**clean, "VAR_DIR": str(var), "PYTHONUNBUFFERED": "1", **more}


def manage(*arguments: str, var: Path, timeout: float = 120 * BUSY, **more: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, env=environment(var, **more), cwd=ROOT
    )


class Running:
    """A command that keeps running; its lines are collected as they come."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env, cwd=ROOT
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    def wait_for(self, text: str, seconds: float = 60) -> str:
        wait_until(lambda: text in self.said or self.process.poll() is not None, seconds, lambda: self.said)
        assert text in self.said, self.said
        return next(line for line in self.lines if text in line)

    def interrupt(self) -> float:
        """Ctrl-C, and the seconds until the end."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30 * BUSY)
        self._reader.join(2)
        return time.monotonic() - started

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15 * BUSY)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def serve(server: Server) -> Iterator[Server]:
    """For fixtures: the server, running, until the test has ended; where this machine has none the test is left out."""
    try:
        server.start()
    except servers.Missing as missing:
        pytest.skip(str(missing))
    yield server
    server.stop()


def end_all(running: "Iterable[Running]", patience: float = 10) -> None:
    """Ask all of them first, then wait, then insist."""
    running = list(running)
    for one in running:
        if one.process.poll() is None:
            one.process.terminate()
    deadline = time.monotonic() + patience
    for one in running:
        try:
            one.process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            one.process.kill()
            one.process.wait()


def wait_until(condition: Callable[[], Any], seconds: float, explain: Callable[[], str] = lambda: "") -> None:
    deadline = time.monotonic() + BUSY * seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {BUSY * seconds} s. {explain()}"
        time.sleep(0.05)


def of_folder(var: Path) -> dict[int, str]:
    """Process ids and command lines of everything that was started with this VAR_DIR."""
    found = {}
    mark = f"VAR_DIR={var}".encode()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            if mark in (entry / "environ").read_bytes().split(b"\0"):
                found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    return {number: command for number, command in found.items() if command}


def get(url: str) -> tuple[int, str]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.status, answer.read().decode()
