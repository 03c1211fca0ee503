"""The fleet of the rehearsal: its processes by the given clock, its memory, its logs, its pages."""

import json
import os
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tracker import fleet, servers
from tracker.supervising import Child, Supervisor

PATIENCE = 180.0  # a busy machine starts six processes slowly
TROUBLE = (" ERROR", "CRITICAL", "Traceback (most recent call last)")


class House:
    """Web, four workers and beat of a fleet, all by the clock in the file."""

    def __init__(self, raised: fleet.Fleet, logs: Path) -> None:
        self.fleet, self.logs = raised, logs
        self.children = [_by_the_clock(child) for child in raised.children()]
        self.supervisor = Supervisor(self.children, logs, raised.environment, lambda line: None)

    def __enter__(self) -> "House":
        self.supervisor.start_all()
        wait_until(lambda: servers.answers_http(self.fleet.port, "/readyz"), PATIENCE, "the web server is ready")
        return self

    def __exit__(self, *trouble: object) -> None:
        self.supervisor.stop_all()

    def statuses(self, query: str = "") -> dict[str, str]:
        """What the public page says: reference and status of every promise."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.fleet.port}/index.json{query}", timeout=30) as answer:
            page: dict[str, Any] = json.load(answer)
        return {row["ref"]: row["status"] for row in page["commitments"]}

    def megabytes(self) -> Counter[str]:
        """Resident memory of each part with all its children."""
        parents, sizes = _processes()
        return Counter(
            {child.name: _tree(child.process.pid, parents, sizes) for child in self.children if child.process}
        )

    def fallen(self) -> list[str]:
        return [child.name for child in self.children if not child.running]

    def trouble(self) -> list[str]:
        """The lines of the logs that speak of an error."""
        lines = (line for path in sorted(self.logs.glob("*.log")) for line in path.read_text("utf-8").splitlines())
        return [line for line in lines if any(word in line for word in TROUBLE)]


def _by_the_clock(child: Child) -> Child:
    python, _m, *rest = child.command
    return Child(child.name, [python, "-m", "tests.rehearsal.clock", *rest])


def _processes() -> tuple[dict[int, int], dict[int, int]]:
    parents, sizes = {}, {}
    page = os.sysconf("SC_PAGE_SIZE")
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                sizes[int(entry.name)] = int((entry / "statm").read_text().split()[1]) * page // 1024**2
            except OSError:
                continue
    return parents, sizes


def _tree(pid: int, parents: dict[int, int], sizes: dict[int, int]) -> int:
    own = sizes.get(pid, 0)
    return own + sum(_tree(child, parents, sizes) for child, parent in parents.items() if parent == pid)


def wait_until(condition: Callable[[], object], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.1)
