"""A second memory outside the database: after a restore from backup it knows what already left.

One small file in VAR_DIR. It only ever lags behind the database; where it is
ahead, the database has gone back in time, and a person must say whether
letters may leave again.
"""

import json
import os
from pathlib import Path

from django.conf import settings

from commitments.digests.models import DigestRun

KEPT_RUNS = 500


def doubt(run: DigestRun) -> str:
    """Why a run may have been sent already although the database does not know; empty without doubt."""
    # The witness first: what another sender adds meanwhile is then in the database already.
    witnessed = _kept().get(_key(run), 0)
    run.refresh_from_db(fields=["claims"])
    if witnessed <= run.claims:
        return ""
    return (
        f"The database knows of {run.claims} batches, the witness in {_path().name} of {witnessed}: it was "
        "restored from a backup. Releasing sends letters again that may have arrived."
    )


def note(run: DigestRun) -> None:
    """Remember a batch before any of its letters leaves."""
    kept = {**_kept(), _key(run): max(run.claims, _kept().get(_key(run), 0))}
    _write(dict(list(kept.items())[-KEPT_RUNS:]))


def forget(run: DigestRun) -> None:
    """A person has said that the run may go on from what the database knows."""
    _write({**_kept(), _key(run): run.claims})


def _write(kept: dict[str, int]) -> None:
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    half_written = path.with_name(f".{path.name}.{os.getpid()}")
    half_written.write_text(json.dumps(kept), "utf-8")
    half_written.replace(path)


def _key(run: DigestRun) -> str:
    return f"{run.kind} {run.ends_at.isoformat()}"


def _path() -> Path:
    return Path(settings.VAR_DIR) / "digests-witness.json"


def _kept() -> dict[str, int]:
    try:
        return {str(key): int(value) for key, value in json.loads(_path().read_text("utf-8")).items()}
    except (OSError, ValueError):
        return {}
