"""After a restore from a backup nobody knows which letters left since it was taken: hold them all for a person."""

from collections.abc import Iterator
from datetime import datetime

from commitments.digests import building
from commitments.digests.models import DigestRun

REASON = "Restored from a backup: these letters may have left already. Releasing sends them again."


def after_restore(now: datetime) -> Iterator[str]:
    """Build what the calendar says was due meanwhile and hold it, together with what was being sent."""
    building.build_weekly(now)
    building.build_alert(now)
    for run in DigestRun.objects.sending():
        run.hold(REASON)
        yield f"Held until somebody releases it in the admin: {run}, {run.total} letters"
