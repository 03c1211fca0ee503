"""`make bench`: every comparison with a peer, one after the other; what each prints is kept in var/bench/.

    python -m bench [NAME…]        names: the files beside this one that compare

Peers that are not ours to ship are installed into a throw-away environment. Ratios of one run can be compared;
milliseconds of two runs cannot. docs/benchmarks.md holds the table of the last release.
"""

import importlib.metadata
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
NOT_COMPARING = {"__main__", "calling", "documents", "farm", "flood", "fuzzing", "subjects"}
PACKAGES = ("django", "celery", "httpx", "feedparser")


def names() -> list[str]:
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NOT_COMPARING)


def machine() -> str:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{platform.machine()}, {os.cpu_count()} cores{load}, Python {platform.python_version()}, {versions}"


def run(name: str, kept: Path) -> bool:
    """Run one comparison; print and keep what it says. True when it ended well."""
    began = time.monotonic()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tracker.settings", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, str(HERE / f"{name}.py")],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    (kept / f"{name}.txt").write_text(f"{machine()}\n{done.stdout}", "utf-8")
    print(f"\n== {name} ({time.monotonic() - began:.0f} s, exit {done.returncode})\n{done.stdout.strip()}", flush=True)
    return done.returncode == 0


def main(wanted: list[str]) -> int:
    unknown = set(wanted) - set(names())
    if unknown:
        print(f"There is no comparison {', '.join(sorted(unknown))}; choose from {', '.join(names())}.")
        return 2
    kept = ROOT / "var" / "bench"
    kept.mkdir(parents=True, exist_ok=True)
    print(machine())
    failed = [name for name in wanted or names() if not run(name, kept)]
    print(f"\nKept in {kept}." + (f" Ended badly: {', '.join(failed)}." if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
