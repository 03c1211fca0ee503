"""The poller beside bare httpx, lemon24/reader and rss2email: every line of the speed table, in one run.

    python bench/polling.py [--feeds 500] [--hosts 250] [--rounds 3] [--peers PYTHON]

CPU of the whole poller with its database, start-up not counted, ratios against the same farm on this machine. Matching
is not in it, for reader has none; BENCH_JUDGED=1 adds a second subject of ours that judges what it stores (minutes).
`--peers` names a Python that has lemon24/reader and rss2email; without it a throw-away environment is made, and where
that fails their rows are left out.
"""

from __future__ import annotations

import argparse
import atexit
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
Table = dict[str, dict[str, float]]
PEERS = ("reader", "rss2email")
IN_FLIGHT = 50
HANGING_PERCENT = 3
DEADLINE = 20.0


class Farm:
    def __init__(self, *arguments: int) -> None:
        command = [sys.executable, str(HERE / "farm.py"), *map(str, arguments)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        atexit.register(self.stop)  # a subject that fails to start must not leave it behind
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
        command = [python, str(HERE / "subjects.py"), name.partition(",")[0], str(farm.port), str(feeds), str(hosts)]
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


def peers_python(given: str | None) -> str | None:
    if given:
        if not has_peers(given):
            raise SystemExit(
                f"{given} is no Python that has {', '.join(PEERS)}: name one that has, or leave --peers out."
            )
        return given
    folder = Path(tempfile.gettempdir()) / "tracker-bench-peers"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    made = subprocess.run(
        [str(python), "-m", "pip", "install", "-q", "reader==3.26", "rss2email==3.14", "sgmllib3k"],
        capture_output=True,
        check=False,
    )
    return str(python) if made.returncode == 0 else None


def has_peers(python: str) -> bool:
    try:
        return subprocess.run([python, "-c", f"import {', '.join(PEERS)}"], capture_output=True).returncode == 0
    except OSError:
        return False


def measure(subjects: list[Subject], farm: Farm, rounds: int) -> Table:
    """First poll, then unchanged and 10 % changed, all subjects in turn; the median of the rounds."""
    table: Table = {subject.name: {} for subject in subjects}
    for subject in subjects:
        table[subject.name]["first"] = subject.round()["ms"]
    for name, percent in (("unchanged", 0), ("changed", 10)):
        found: dict[str, list[dict[str, Any]]] = {subject.name: [] for subject in subjects}
        for _round in range(rounds):
            farm.turn(percent)
            for subject in subjects:
                found[subject.name].append(subject.round())
        for subject in subjects:
            answers = found[subject.name]
            table[subject.name][name] = statistics.median(answer["ms"] for answer in answers)
            if percent == 0 and "statements" in answers[0]:
                table[subject.name]["statements"] = 100 * answers[-1]["statements"] / subject.feeds
    return table


def show(table: Table) -> None:
    print("CPU milliseconds a source          first poll   unchanged   10 % changed")
    for name, row in table.items():
        print(f"{name:32} {row['first']:12.2f} {row['unchanged']:11.2f} {row['changed']:14.2f}")
    print()
    for name in (name for name in table if name.startswith("ours")):
        ratio = table[name]["unchanged"] / table["httpx"]["unchanged"]
        tell(f"{name}: unchanged source ÷ bare httpx fetch of it", ratio, 1.2)
    ours = table["ours"]
    for case, least in (("unchanged", 1.2), ("changed", 2.0), ("first", 2.0)):
        if "reader" in table:
            tell(f"reader ÷ ours: {case}", table["reader"][case] / ours[case], least, least=True)
        if "rss2email" in table:
            print(f"rss2email ÷ ours: {case}: {table['rss2email'][case] / ours[case]:.2f}")
    tell("statements per 100 unchanged sources, claiming included", ours["statements"], 5)


def tell(what: str, figure: float, bound: float, *, least: bool = False) -> None:
    is_met = figure >= bound if least else figure <= bound
    print(
        f"{what}: {figure:.2f} ({'at least' if least else 'at most'} {bound:g}: {'yes' if is_met else 'NO'})",
        flush=True,
    )


def walls(feeds: int, rounds: int) -> None:
    """How near the wall comes to the ideal at 50 to 300 ms latency, and what 3 % hanging sources cost the rest.

    Every source on a host of its own, so that only the fifty in flight bind.
    """
    ideal = 0.175 * feeds / IN_FLIGHT
    plain, hanging = (_wall(feeds, percent, rounds) for percent in (0, HANGING_PERCENT))
    print(
        f"\n{feeds} sources at 50–300 ms, {IN_FLIGHT} in flight: ideal {ideal:.1f} s, first poll {plain['first']:.1f} s"
    )
    tell("wall ÷ ideal, unchanged", plain["wall"] / ideal, 1.3)
    extra = hanging["others"] - plain["others"]
    print(f"97 % stored after {plain['others']:.1f} s; {hanging['others']:.1f} s when {HANGING_PERCENT} % hang")
    tell("extra seconds for the other 97 %", extra, DEADLINE)
    alone, held = (_wall(feeds, percent, 1, BENCH_AS_WORKER="1") for percent in (0, HANGING_PERCENT))
    print(f"one worker, batch after batch: 97 % after {alone['others']:.1f} s; {held['others']:.1f} s when some hang")
    tell("extra seconds for the other 97 %, one worker", held["others"] - alone["others"], DEADLINE)


def lone_hundred() -> None:
    """A hundred sources and nothing else due, as one worker asks them.

    Its last question, which finds nothing, is left out: a worker that hears a bell claims once.
    """
    farm = Farm(100, 100)
    subject = Subject("ours", farm, 100, 100, sys.executable, BENCH_AS_WORKER="1")
    try:
        found = [subject.round()["statements"] for _round in range(4)][1:]
    finally:
        subject.stop()
        farm.stop()
    middle = statistics.median(found) - 1
    tell("statements for a lone hundred, unchanged, claiming included, SQLite", middle, 5)


def _wall(feeds: int, hanging: int, rounds: int, **more: str) -> dict[str, float]:
    farm = Farm(feeds, feeds, 50, 300, hanging)
    subject = Subject("ours", farm, feeds, feeds, sys.executable, **more)
    try:
        first = subject.round()["wall"]
        answers = [subject.round() for _round in range(1 if hanging else rounds)]
    finally:
        subject.stop()
        farm.stop()
    middle = {name: statistics.median(answer[name] for answer in answers) for name in ("wall", "others")}
    return {"first": first, **middle}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=500)
    parser.add_argument("--hosts", type=int, default=250)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", help="a Python that has lemon24/reader and rss2email")
    options = parser.parse_args()
    began = time.monotonic()
    show(processor_time(options.feeds, options.hosts, options.rounds, peers_python(options.peers)))
    lone_hundred()
    walls(options.feeds, options.rounds)
    print(f"{options.feeds} feeds of 34 items on {options.hosts} hosts, {time.monotonic() - began:.0f} s in all")


def processor_time(feeds: int, hosts: int, rounds: int, peers: str | None) -> Table:
    farm = Farm(feeds, hosts)
    wanted: list[tuple[str, str, dict[str, str]]] = [("httpx", sys.executable, {}), ("ours", sys.executable, {})]
    if os.environ.get("BENCH_JUDGED"):
        wanted[1:] = [("ours", sys.executable, {"BENCH_JUDGED": ""}), ("ours, judged", sys.executable, {})]
    if peers:
        wanted += [(name, peers, {}) for name in PEERS]
    subjects = [Subject(name, farm, feeds, hosts, python, **more) for name, python, more in wanted]
    try:
        return measure(subjects, farm, rounds)
    finally:
        for subject in subjects:
            subject.stop()
        farm.stop()


if __name__ == "__main__":
    main()
