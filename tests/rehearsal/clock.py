"""A clock that a file sets: `python -m tests.rehearsal.clock MODULE ARGS…` runs a program by it.

The house reads the time at its doors through `django.utils.timezone.now`, and nowhere else; replacing that one
function moves web servers, workers and their children to the simulated day.
"""

import os
import runpy
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

NAME = "REHEARSAL_CLOCK"


def put(moment: datetime) -> None:
    """From now on it is this moment, and time goes on from there."""
    path = Path(os.environ[NAME])
    draft = path.with_suffix(".new")
    draft.write_text(f"{moment.isoformat()} {time.time()}")
    draft.replace(path)


def now() -> datetime:
    said, at = Path(os.environ[NAME]).read_text().split()
    return datetime.fromisoformat(said) + timedelta(seconds=time.time() - float(at))


def wind() -> None:
    """Put the clock of this process by the file."""
    from django.utils import timezone

    timezone.now = now


if __name__ == "__main__":
    wind()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
