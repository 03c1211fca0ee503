"""The record at scale: what the desk's lists ask the database, how fast the ledger is verified, at 1×, 10×, 100×.

    python bench/record.py [--commitments N]

Each size is an empty database filled with N/100, N/10 and N commitments (ten pieces of evidence and five status changes
each). Ends with 1 where a list costs more queries with more rows, or where verifying a row of the ledger costs more
than half as much again at the largest size as at the middle one.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
LISTS = ("commitment", "evidence", "statuschange", "proposal", "revision", "series", "organisation", "conflict")
MOST_DEARER = 1.5


def measure(commitments: int) -> dict[str, Any]:
    """In a process of its own, on an empty database."""
    import django

    django.setup()
    logging.disable(logging.WARNING)  # of the many sign-ins, which nobody doubts here
    from django.contrib.auth.models import User
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("generate_load", commitments=commitments, items=0, subscribers=0, stdout=sys.stderr)
    editor = User.objects.create_superuser("editor")
    return {"lists": {name: _list(editor, name) for name in LISTS}, "ledger": _verify()}


def _list(editor: Any, name: str) -> tuple[int, float]:
    """Queries and CPU seconds of one page of a list, the second time it is opened."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse(f"admin:commitments_{name}_changelist")
    client.get(address)
    began = time.process_time()
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")
    return len(asked), time.process_time() - began


def _verify() -> tuple[int, float]:
    """Rows of the ledger and the CPU seconds to verify them."""
    from commitments import auditing

    began = time.process_time()
    audit = auditing.audit()
    if audit.problem:
        raise SystemExit(f"the ledger does not verify: {audit.problem}")
    return audit.rows, time.process_time() - began


def in_its_own_process(commitments: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "VAR_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/record.sqlite3",
            "SECRET_KEY": "only-for-this-comparison-0123456789-abcdefghijklmnopqrstuvw",
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
        }
        command = [sys.executable, __file__, "--measure", str(commitments)]
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.returncode)
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commitments", type=int, default=10_000)
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure is not None:
        print(json.dumps(measure(options.measure)))
        return 0
    sizes = [max(options.commitments // 100, 1), max(options.commitments // 10, 1), options.commitments]
    found = [in_its_own_process(size) for size in sizes]
    return report(sizes, found)


def report(sizes: list[int], found: list[dict[str, Any]]) -> int:
    print(f"{'commitments':<28}" + "".join(f"{size:>12,}" for size in sizes))
    grown = []
    for name in LISTS:
        queries = [one["lists"][name][0] for one in found]
        print(f"{name + ': queries':<28}" + "".join(f"{number:>12}" for number in queries))
        print(f"{name + ': CPU ms':<28}" + "".join(f"{1000 * one['lists'][name][1]:>12.0f}" for one in found))
        grown += [name] if queries[2] > queries[1] else []
    rows = [one["ledger"][0] for one in found]
    speeds = [one["ledger"][0] / max(one["ledger"][1], 1e-6) for one in found]
    print(f"{'ledger: rows':<28}" + "".join(f"{number:>12,}" for number in rows))
    print(f"{'ledger: rows a CPU second':<28}" + "".join(f"{speed:>12,.0f}" for speed in speeds))
    dearer = speeds[1] / speeds[2]
    print(f"verifying a row at the largest size costs {dearer:.2f} × that at the middle one (accepted {MOST_DEARER})")
    if grown:
        print(f"Lists that cost more queries with more rows: {', '.join(grown)}")
    return 1 if grown or dearer > MOST_DEARER else 0


if __name__ == "__main__":
    sys.exit(main())
