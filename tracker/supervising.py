"""Keeps a handful of child processes running: starts them in order, restarts the fallen, stops them in reverse.

Knows nothing of what the children are. Says every restart through `say`.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tracker.servers import end_with_parent

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY_AFTER = 30.0  # a child that ran this long starts its back-off anew
LOOK_EVERY = 15.0  # seconds between two questions whether a child still works
READY_WITHIN = 120.0  # seconds until a first start is given up; one that ended is noticed at once
GRACE = 90.0  # a fresh child gets this long until it is asked: the bell rings once a minute
# Seconds for an orderly end: all children together, then those they lean on. With both, Ctrl-C takes less than five.
PATIENCE = 2.5
LAST_PATIENCE = 1.0


@dataclass
class Child:
    name: str
    command: Sequence[str]
    stop_signal: int = signal.SIGTERM
    ready: Callable[[], bool] | None = None
    works: Callable[[], bool] | None = None  # False: it runs and does nothing, so another takes its place
    stops_last: bool = False
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE
    due_at: float = 0.0
    looked_at: float = 0.0

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Stopped(Exception):
    """Somebody asked the supervisor to end."""


@dataclass
class Supervisor:
    children: list[Child]
    logs: Path
    environment: dict[str, str]
    say: Callable[[str], None]
    asked_to_stop: bool = field(default=False, init=False)

    def watch_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note_signal)

    def start_all(self) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        for child in self.children:
            self._set_aside_old_log(child)
            self._start(child)
            self._wait_until_ready(child)

    def keep_running(self) -> None:
        """Return when asked to stop."""
        while not self.asked_to_stop:
            for child in self.children:
                self._look_after(child)
            time.sleep(0.1)

    def stop_all(self) -> None:
        """What uses the broker first, the broker last; whoever does not end in time is killed with its children."""
        self._stop([child for child in self.children if not child.stops_last], PATIENCE)
        self._stop([child for child in self.children if child.stops_last], LAST_PATIENCE)

    def _note_signal(self, number: int, frame: object) -> None:
        self.asked_to_stop = True

    def _look_after(self, child: Child) -> None:
        if child.running:
            if child.pause > FIRST_PAUSE and time.monotonic() - child.started_at > STEADY_AFTER:
                child.pause = FIRST_PAUSE
            self._replace_if_idle(child)
        elif child.due_at == 0.0:
            self._plan_restart(child)
        elif time.monotonic() >= child.due_at:
            self._start(child)

    def _replace_if_idle(self, child: Child) -> None:
        now = time.monotonic()
        if not child.works or now - child.started_at < GRACE or now - child.looked_at < LOOK_EVERY:
            return
        child.looked_at = now
        if not child.works():
            self.say(f"{child.name} runs but takes no work; it is replaced")
            _end_group(child, signal.SIGKILL)

    def _plan_restart(self, child: Child) -> None:
        ending = _describe(child.process.returncode if child.process else 0)
        _end_group(child, signal.SIGKILL)  # grandchildren must not live on beside the new child
        self.say(f"{child.name} {ending}; starting it again in {child.pause:g} s (see {self._log(child)})")
        child.due_at = time.monotonic() + child.pause
        child.pause = min(child.pause * 2, LONGEST_PAUSE)

    def _start(self, child: Child) -> None:
        with self._log(child).open("ab") as log:
            child.process = subprocess.Popen(
                child.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                start_new_session=True,  # Ctrl-C in the terminal reaches the supervisor alone
                preexec_fn=end_with_parent,
            )
        child.started_at, child.due_at = time.monotonic(), 0.0

    def _wait_until_ready(self, child: Child) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while child.ready and not child.ready():
            if self.asked_to_stop:
                raise Stopped
            if not child.running:
                raise ChildProcessError(
                    f"{child.name} {_describe(child.process.returncode if child.process else 0)}"
                    f" at once: {self._last_line(child)}"
                )
            if time.monotonic() > deadline:
                raise ChildProcessError(
                    f"{child.name} does not answer after {READY_WITHIN:g} s, see {self._log(child)}"
                )
            time.sleep(0.05)

    def _stop(self, children: list[Child], patience: float) -> None:
        for child in children:
            if child.running and child.process:
                child.process.send_signal(child.stop_signal)
        deadline = time.monotonic() + patience
        while any(child.running for child in children) and time.monotonic() < deadline:
            time.sleep(0.05)
        for child in children:
            _end_group(child, signal.SIGKILL)
            if child.process:
                child.process.wait()

    def _log(self, child: Child) -> Path:
        return self.logs / f"{child.name}.log"

    def _set_aside_old_log(self, child: Child) -> None:
        if self._log(child).exists():
            self._log(child).replace(self.logs / f"{child.name}.log.1")

    def _last_line(self, child: Child) -> str:
        lines = self._log(child).read_text("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def _describe(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


def _end_group(child: Child, number: int) -> None:
    if child.process is None:
        return
    try:
        if sys.platform == "win32":
            child.process.kill()
        else:
            os.killpg(child.process.pid, number)
    except ProcessLookupError:
        return
