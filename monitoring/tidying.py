"""What the watch throws away: the history of fetches after a month. Items are kept."""

from __future__ import annotations

from datetime import datetime

from monitoring.models import Fetch


def clear_history(now: datetime) -> int:
    return Fetch.objects.outdated(now).delete()[0]
