"""What is computed about a commitment on a day and never chosen by anybody."""

from dataclasses import dataclass
from datetime import date, timedelta

from commitments.status import Status

# Without a concrete action or a review for this long a record counts as stale.
REVIEW_WINDOW = timedelta(days=180)
DUE_SOON_WINDOW = timedelta(days=90)
CHANGED_RECENTLY_WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class Flags:
    overdue: bool = False
    due_soon: bool = False
    stale: bool = False
    contested: bool = False
    changed_recently: bool = False

    @property
    def names(self) -> list[str]:
        return [name for name in FLAG_LABELS if getattr(self, name)]


FLAG_LABELS = {
    "overdue": "Overdue",
    "due_soon": "Due soon",
    "stale": "Stale",
    "contested": "Contested",
    "changed_recently": "Changed recently",
}


def flags(
    *,
    status: str,
    due_on: date | None,
    last_seen_on: date | None,
    changed_on: date | None,
    has_open_conflict: bool,
    contradicted: bool,
    today: date,
) -> Flags:
    """Flags of one commitment; `last_seen_on` is its last evidence, review or change, whichever is latest."""
    is_open = not Status(status).is_closing
    return Flags(
        overdue=is_open and due_on is not None and due_on < today,
        due_soon=is_open and due_on is not None and today <= due_on <= today + DUE_SOON_WINDOW,
        stale=is_open and (last_seen_on is None or last_seen_on < today - REVIEW_WINDOW),
        contested=has_open_conflict or contradicted,
        changed_recently=changed_on is not None and today - CHANGED_RECENTLY_WINDOW <= changed_on <= today,
    )
