"""The poller beside bare httpx and lemon24/reader: CPU milliseconds a source, ratios in one run.

    python bench/polling.py [--feeds 300] [--hosts 30] [--rounds 3] [--reader PYTHON]

Everything on this machine, against the same farm; start-up is not counted, the database is, matching is not (reader
has none; BENCH_JUDGED=1 brings it in). `--reader` names a Python
that has lemon24/reader; without it a throw-away environment is made, and where that fails its rows are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


class Farm:
    def __init__(self, *arguments: int) -> None:
        command = [sys.executable, str(HERE / "farm.py"), *map(str, arguments)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.port = int(self.process.stdout.readline())

    def turn(self, percent: int) -> None:
        urllib.request.urlopen(f"http://127.0.0.1:{self.port}/turn/{percent}").close()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


class Subject:
    def __init__(self, name: str, farm: Farm, feeds: int, hosts: int, python: str, **more: str) -> None:
        self.name, self.feeds = name, feeds
        self.folder = tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True)
        environment = {**os.environ, "VAR_DIR": self.folder.name, **more}
        command = [python, str(HERE / "subjects.py"), name, str(farm.port), str(feeds), str(hosts)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=HERE.parent
        )
        self._answer()

    def round(self) -> dict[str, Any]:
        """One round over all feeds; CPU in milliseconds a feed."""
        assert self.process.stdin
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        answer = self._answer()
        return answer | {"ms": 1000 * answer["cpu"] / self.feeds}

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith("{"):
                found: dict[str, Any] = json.loads(line)
                return found
        raise SystemExit(f"{self.name} ended without an answer")


def reader_python(given: str | None) -> str | None:
    if given:
        return given
    folder = Path(tempfile.gettempdir()) / "tracker-bench-reader"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    made = subprocess.run(
        [str(python), "-m", "pip", "install", "-q", "reader==3.26", "sgmllib3k"],
        capture_output=True,
        check=False,
    )
    return str(python) if made.returncode == 0 else None


def measure(subjects: list[Subject], farm: Farm, rounds: int) -> dict[str, dict[str, float]]:
    """first poll, then unchanged and 10 % changed in turn; the median of the rounds."""
    table: dict[str, dict[str, float]] = {subject.name: {} for subject in subjects}
    for subject in subjects:
        table[subject.name]["first"] = subject.round()["ms"]
    for name, percent in (("unchanged", 0), ("changed", 10)):
        found: dict[str, list[float]] = {subject.name: [] for subject in subjects}
        for _round in range(rounds):
            farm.turn(percent)
            for subject in subjects:
                found[subject.name].append(subject.round()["ms"])
        for subject in subjects:
            table[subject.name][name] = statistics.median(found[subject.name])
    return table


def show(table: dict[str, dict[str, float]]) -> None:
    print("\nCPU milliseconds a source          first poll   unchanged   10 % changed")
    for name, row in table.items():
        print(f"{name:32} {row['first']:12.2f} {row['unchanged']:11.2f} {row['changed']:14.2f}")
    ours = table["ours"]
    ratio = ours["unchanged"] / table["httpx"]["unchanged"]
    print(f"\nunchanged source ÷ bare httpx fetch of it: {ratio:.2f} (accept 1.2)")
    if "reader" in table:
        ratios = {name: table["reader"][name] / ours[name] for name in ("unchanged", "changed", "first")}
        print(
            f"reader ÷ ours: unchanged {ratios['unchanged']:.2f} (accept 1.2), 10 % changed {ratios['changed']:.2f} "
            f"(accept 2), first poll {ratios['first']:.2f} (accept 2)"
        )


def walls(feeds: int, hosts: int) -> None:
    """How near the wall comes to the ideal at 50 to 300 ms latency, and what 3 % hanging sources cost the rest."""
    for name, hanging in (("50–300 ms latency", 0), ("the same, 3 % hang", 3)):
        farm = Farm(feeds, hosts, 50, 300, hanging)
        subject = Subject("ours", farm, feeds, hosts, sys.executable)
        took = subject.round()["wall"]
        ideal = max(0.175 * feeds / 50, 0.175 * feeds / hosts)
        print(f"{name}: wall {took:.1f} s, ideal {ideal:.1f} s, ratio {took / ideal:.2f}")
        subject.stop()
        farm.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=300)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--reader", help="a Python that has lemon24/reader")
    parser.add_argument("--walls", action="store_true", help="wall time under latency instead of CPU")
    options = parser.parse_args()
    if options.walls:
        return walls(options.feeds, options.hosts)
    farm = Farm(options.feeds, options.hosts)
    pythons = {"httpx": sys.executable, "ours": sys.executable, "reader": reader_python(options.reader)}
    began = time.monotonic()
    subjects = [Subject(name, farm, options.feeds, options.hosts, python) for name, python in pythons.items() if python]
    try:
        show(measure(subjects, farm, options.rounds))
        print(f"{options.feeds} feeds of 34 items on {options.hosts} hosts, {time.monotonic() - began:.0f} s in all")
    finally:
        for subject in subjects:
            subject.stop()
        farm.stop()
    return None


if __name__ == "__main__":
    main()
