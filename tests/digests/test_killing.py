"""The kill test in short, with a fixed seed; `make chaos` is the long one."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.usefixtures("broker")  # left out where none can run
def test_real_processes_killed_at_random_lose_and_double_nothing():
    command = [sys.executable, "-m", "tests.chaos", "--letters", "300", "--kills", "6", "--seed", "5"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "TRACKER_BOOTSTRAP": "off"}, capture_output=True, text=True, timeout=1200,
        check=False,
    )  # fmt: skip
    said = done.stdout
    assert done.returncode == 0, said + done.stderr[-3000:]
    assert "300 letters due, 6 kills" in said
    assert "{'sent': 300}" in said
    assert re.search(r"lost: 0\n", said)
    assert "doubled at a sink that honours the key: 0;" in said
    assert "of them unexplained in the ledger: 0" in said
