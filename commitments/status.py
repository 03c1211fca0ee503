"""The status scale, its one definition: codes, labels, bands and meanings.

The method page, the forms, the seeding and the database constraints all read
it here, so that the words on the page and the rules in the code cannot drift.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.db import models


class Band(StrEnum):
    """Three bands of the scale; `CANNOT_RATE` is neither open nor closed."""

    OPEN = "open"
    CLOSED = "closed"
    CANNOT_RATE = "cannot_rate"


class Status(models.TextChoices):
    NOT_YET_RATED = "not_yet_rated", "Not yet rated"
    NO_EVIDENCE = "no_evidence", "No evidence found"
    NOT_STARTED = "not_started", "Not started"
    IN_PROGRESS = "in_progress", "In progress"
    ON_TRACK = "on_track", "Appears on track"
    OFF_TRACK = "off_track", "Appears off track"
    STALLED = "stalled", "Stalled or paused"
    MET = "met", "Met"
    PARTLY_MET = "partly_met", "Partly met"
    NOT_MET = "not_met", "Not met"
    UNCLEAR = "unclear", "Unclear or disputed"

    @property
    def definition(self) -> "Definition":
        return SCALE[self]

    @property
    def is_closing(self) -> bool:
        return self.definition.band is Band.CLOSED


@dataclass(frozen=True)
class Definition:
    """One row of the scale as the method page prints it."""

    band: Band
    meaning: str


SCALE: dict[Status, Definition] = {
    Status.NOT_YET_RATED: Definition(
        Band.OPEN, "Published, and nobody has assessed it yet. Only ever the first state."
    ),
    Status.NO_EVIDENCE: Definition(
        Band.OPEN,
        "Assessed on a date: a search record says which sources and terms were tried, "
        "and nothing found shows either action or inaction.",
    ),
    Status.NOT_STARTED: Definition(
        Band.OPEN, "An official or the owner's own source says or implies that nothing has begun."
    ),
    Status.IN_PROGRESS: Definition(
        Band.OPEN, "At least one concrete action has been taken, not only an announcement; the pace cannot be judged."
    ),
    Status.ON_TRACK: Definition(
        Band.OPEN, "In progress, with a deadline or a target, and the current evidence fits meeting it."
    ),
    Status.OFF_TRACK: Definition(
        Band.OPEN, "Has a deadline or a target and will probably miss it, but has not been dropped."
    ),
    Status.STALLED: Definition(
        Band.OPEN,
        "Began or was announced, then was paused by its owner, went another way, "
        "or saw no concrete action within the review window of 180 days.",
    ),
    Status.MET: Definition(
        Band.CLOSED,
        "What was said, at the firmness it was said, is done. Late is still met; the days late are shown.",
    ),
    Status.PARTLY_MET: Definition(Band.CLOSED, "Finished or expired with substantially less than was promised."),
    Status.NOT_MET: Definition(
        Band.CLOSED, "Expired without delivery, reversed, or contradicted; the outcome reason says which."
    ),
    Status.UNCLEAR: Definition(
        Band.CANNOT_RATE,
        "No observable outcome, an undefined term, good sources that disagree, or secret by nature; "
        "the reason and what would settle it are given.",
    ),
}

CLOSING = tuple(status for status in Status if status.is_closing)
OPEN = tuple(status for status in Status if status.definition.band is Band.OPEN)
NEEDS_DEADLINE_OR_TARGET = (Status.ON_TRACK, Status.OFF_TRACK)
CLAIMS_ACTION = (Status.IN_PROGRESS, Status.ON_TRACK)


class Firmness(models.TextChoices):
    """How firmly the words bind their speaker, strongest first."""

    COMMITTED = "committed", "Committed"
    INTENDED = "intended", "Intended"
    EXPLORATORY = "exploratory", "Exploratory"
    ASPIRATIONAL = "aspirational", "Aspirational"


class Tier(models.TextChoices):
    T1 = "T1", "T1 · official or legal record that the act happened"
    T2 = "T2", "T2 · the owner's own announcement"
    T3 = "T3", "T3 · independent reporting that names its source"
    T4 = "T4", "T4 · aggregated, rewritten or machine-made text, or a social post"


class Stance(models.TextChoices):
    SUPPORTS = "supports", "Supports"
    NO_PROGRESS = "no_progress", "Shows no progress"
    CONTRADICTS = "contradicts", "Contradicts"
    CONTEXT = "context", "Context"


class Act(models.TextChoices):
    """What kind of happening the evidence shows. An announcement is not an action."""

    ANNOUNCEMENT = "announcement", "Announcement"
    ACTION = "action", "Concrete action"
    MEASUREMENT = "measurement", "Measurement"
    CONTEXT = "context", "Context"


class Confirmation(models.TextChoices):
    NONE = "", "Nobody has confirmed it"
    SELF_DECLARED = "self_declared", "Self-declared"
    INDEPENDENT = "independently_confirmed", "Independently confirmed"
    CONTRADICTED = "contradicted", "Contradicted"


class Confidence(models.TextChoices):
    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    LOW = "low", "Low"


class OutcomeReason(models.TextChoices):
    """Why a promise counts as not met."""

    EXPIRED = "expired", "The deadline passed without delivery"
    REVERSED = "reversed", "The owner reversed or withdrew it"
    CONTRADICTED = "contradicted", "What was done contradicts what was said"


class UnclearReason(models.TextChoices):
    NO_OUTCOME = "no_observable_outcome", "No observable outcome"
    UNDEFINED_TERM = "undefined_term", "A term in it is not defined"
    SOURCES_DISAGREE = "sources_disagree", "Good sources disagree"
    SECRET = "secret_by_nature", "Secret by nature"


class ChangeKind(models.TextChoices):
    INITIAL = "initial", "First rating"
    UPDATE = "update", "Change"
    REVIEW = "review", "Checked, unchanged"
    CORRECTION = "correction", "Correction"


class ReviewMode(models.TextChoices):
    """How many people stand behind a published change."""

    TWO_PEOPLE = "two_people", "Proposed and approved by two people"
    SINGLE_EDITOR = "single_editor", "Single editor"
    OVERRIDE = "override", "Approved by override of the chief editor"
    NOT_REQUIRED = "not_required", "One editor; a second was not required"
    IMPORTED = "imported", "Imported history"


class Life(models.TextChoices):
    """Life of a record. Once public, an address never turns into a 404."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Precision(models.TextChoices):
    """How exact a date is. The stored day is the last one of the period."""

    UNDATED = "", "No date"
    DAY = "day", "Day"
    MONTH = "month", "Month"
    QUARTER = "quarter", "Quarter"
    YEAR = "year", "Year"
    APPROXIMATE = "approximate", "Approximate"
