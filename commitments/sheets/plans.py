"""What an import would do, row by row, before it does anything."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models

from commitments import editing, rules


@dataclass(frozen=True)
class Difference:
    column: str
    before: str
    after: str


@dataclass
class Step:
    """One row of the file: `apply` writes it; `differences` is empty where nothing would change."""

    line: int
    label: str
    is_new: bool = False
    differences: list[Difference] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    apply: Callable[[], None] | None = None
    edited: list[tuple[models.Model, list[Difference]]] = field(default_factory=list)

    def compare(self, row: models.Model, values: dict[str, Any]) -> None:
        """Take in what setting `values` would change on a stored row."""
        found = compare(row, values)
        self.differences += found
        said = [difference for difference in found if difference.column not in editing.UNSAID]
        if said and editing.publics(row):
            self.edited.append((row, said))

    @property
    def changes(self) -> bool:
        return bool(self.is_new or self.differences)


@dataclass
class Plan:
    """All rows of one file. `apply` is refused while a single row has a fault."""

    steps: Sequence[Step]

    @property
    def faulty(self) -> list[Step]:
        return [step for step in self.steps if step.faults]

    @property
    def changing(self) -> list[Step]:
        return [step for step in self.steps if step.changes and not step.faults]

    @property
    def unchanged(self) -> int:
        return sum(1 for step in self.steps if not step.changes and not step.faults)

    @property
    def edits_public_words(self) -> bool:
        return any(step.edited for step in self.changing)

    def apply(self, *, reason: str, by: User, now: datetime) -> int:
        """Write every change; the caller holds the transaction. Returns how many rows changed something.

        Each edit of something public is a revision; raises `Refused` when there is one and no reason.
        """
        if self.faulty:
            raise ValueError(f"{len(self.faulty)} rows have faults; nothing was written.")
        for step in self.changing:
            if step.apply:
                step.apply()
        # A piece stands in as many rows as it has links.
        edits = {(type(row), row.pk): (row, said) for step in self.changing for row, said in step.edited}
        for row, said in edits.values():
            was = editing.before((one.column, one.before) for one in said)
            editing.record(row, was, str(row), reason=reason, by=by, now=now)
        return len(self.changing)


def compare(row: models.Model, values: dict[str, Any]) -> list[Difference]:
    """What setting `values` would change, as text."""
    return [
        Difference(name, text_of(getattr(row, name)), text_of(value))
        for name, value in values.items()
        if getattr(row, name) != value
    ]


def text_of(value: Any) -> str:
    """A value as an export prints it; figures without trailing noughts."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def day(text: str, faults: list[str], column: str) -> date | None:
    try:
        value = date.fromisoformat(text.strip())
    except ValueError:
        faults.append(f"{column}: “{text}” is not a day such as 2025-07-21.")
        return None
    if not rules.EARLIEST_DATE <= value <= rules.LATEST_DATE:
        faults.append(f"{column}: {value} is outside 1900–2199; check the year.")
        return None
    return value


def figure(text: str, faults: list[str], column: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        faults.append(f"{column}: “{text}” is not a number; write 1000.5 without a thousands sign.")
        return None
    return value


def yes(text: str, faults: list[str], column: str) -> bool:
    if text.strip().lower() not in ("yes", "no", ""):
        faults.append(f"{column}: “{text}” must be yes or no.")
    return text.strip().lower() == "yes"


def choice(text: str, allowed: Sequence[str], faults: list[str], column: str) -> str:
    if text not in allowed:
        faults.append(f"{column}: “{text}” is not known; choose one of {', '.join(code for code in allowed if code)}.")
    return text


def model_faults(row: models.Model, *, exclude: Sequence[str] = ()) -> list[str]:
    """What the model itself refuses, as lines."""
    try:
        row.full_clean(exclude=exclude, validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        return [f"{name}: {' '.join(problems)}" for name, problems in error.message_dict.items()]
    return []
