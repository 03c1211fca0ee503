"""The published words as they stood at the end of a day: today's rows, read backwards through their revisions.

It changes rows in memory only; nothing that went through here may be saved. A
criterion that was removed since is put back; of other removed parts the
revisions keep too little to print them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model

from commitments.models import Agreement, Commitment, Criterion, Organisation, Revision, Sector
from commitments.public.shapes import Party

PART = re.compile(r"([a-z ]+?) (\d+)")
NOTHING = ("", "nothing")
# An address is how a record is found, not what it says: links always use the present one.
NOT_REWOUND = ("slug",)
Part = TypeVar("Part", bound=Model)


@dataclass
class Past:
    """What differs between one record today and on the day; the first later revision of each thing says it."""

    words: dict[str, str] = field(default_factory=dict)
    owners: str | None = None
    sectors: str | None = None
    parts: dict[tuple[str, int], list[str]] = field(default_factory=lambda: defaultdict(list))
    added: set[tuple[str, int]] = field(default_factory=set)
    removed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def rows(self, rows: Iterable[Part]) -> list[Part]:
        """Those that were there on the day, with the words they had then."""
        found = []
        for row in rows:
            key = (str(row._meta.verbose_name), row.pk)
            if key not in self.added:
                _put_back(row, _values(row, self.parts.get(key, [])))
                found.append(row)
        return found

    def criteria(self, rows: Iterable[Criterion]) -> list[Criterion]:
        """The same for criteria, and those that have been removed since."""
        return [*self.rows(rows), *(c for text in self.removed["criterion"] if (c := _criterion(text)))]

    def note(self, revision: Revision) -> None:
        """Take in one later revision; the earliest must come first."""
        part = PART.fullmatch(revision.subject)
        if part:
            key = (part[1], int(part[2]))
            if not revision.before and key not in self.parts:
                self.added.add(key)
            self.parts[key].append(revision.before)
        elif revision.subject in ("owners", "sectors"):
            if getattr(self, revision.subject) is None:
                setattr(self, revision.subject, revision.before)
        elif revision.after == "" and not _is_column(revision.subject):
            self.removed[revision.subject].append(revision.before)
        else:
            self.words.setdefault(revision.subject, revision.before)


def pasts(pks: Iterable[int] | None, day: date) -> dict[int, Past]:
    """What to put back on each of these records (or on any), in one query; records without later edits are missing."""
    later = Revision.objects.filter(made_at__date__gt=day).order_by("made_at", "pk")
    if pks is not None:
        later = later.filter(commitment__in=pks)
    found: dict[int, Past] = defaultdict(Past)
    for revision in later:
        found[revision.commitment_id].note(revision)
    return dict(found)


def rewind(commitments: Iterable[Commitment], pasts: Mapping[int, Past]) -> None:
    """Give these rows, in memory, the columns that they had; the owners are for `owners`."""
    for commitment in commitments:
        if commitment.pk in pasts:
            words = dict(pasts[commitment.pk].words)
            title = words.pop("agreement", "")
            if title:
                commitment.agreement = Agreement.objects.filter(title=title).first() or commitment.agreement
            _put_back(commitment, words)


def owners(pasts: Mapping[int, Past]) -> dict[int, tuple[Party, ...]]:
    """The owners on the day of those records whose owners have changed since."""
    told = {pk: past.owners for pk, past in pasts.items() if past.owners is not None}
    known = _parties() if told else {}
    return {pk: tuple(_named(text, known)) for pk, text in told.items()}


def sectors(pasts: Mapping[int, Past]) -> dict[int, tuple[Party, ...]]:
    """The sectors on the day of those records that have been filed under others since."""
    told = {pk: past.sectors for pk, past in pasts.items() if past.sectors is not None}
    known: dict[str, Party] = {}
    for sector in Sector.objects.all() if told else ():
        for name in (sector.slug, sector.name):
            known.setdefault(name, Party(sector.slug, sector.name))
    return {pk: tuple(_named(text, known)) for pk, text in told.items()}


def _parties() -> dict[str, Party]:
    """Every organisation by each way in which a revision may have written it."""
    known: dict[str, Party] = {}
    for owner in Organisation.objects.prefetch_related("names"):
        party = Party(owner.slug, str(owner))
        for name in (owner.slug, str(owner), owner.name, *(alias.name for alias in owner.names.all())):
            known.setdefault(name, party)
    return known


def _named(text: str, known: Mapping[str, Party]) -> Iterable[Party]:
    """The organisations in a list that is joined with commas; a name may hold commas itself."""
    parts = text.split(", ")
    while parts:
        fits = (n for n in range(len(parts), 0, -1) if ", ".join(parts[:n]) in known)
        length = next(fits, 0)
        if length:
            yield known[", ".join(parts[:length])]
        parts = parts[length or 1 :]


def _is_column(name: str) -> bool:
    return name in {column.name for column in Commitment._meta.get_fields()}


def _values(row: Model, befores: list[str]) -> dict[str, str]:
    """The columns in “name: value; name: value”, the earliest revision of each."""
    names = "|".join(column.name for column in row._meta.concrete_fields)
    found: dict[str, str] = {}
    for before in befores:
        pieces = re.split(rf"(?:^|; )({names}): ", before)[1:]
        for name, value in zip(pieces[::2], pieces[1::2], strict=True):
            found.setdefault(name, value)
    return found


def _put_back(row: Model, words: Mapping[str, str]) -> None:
    columns = {column.name: column for column in row._meta.concrete_fields}
    for name, value in words.items():
        column = columns.get(name)
        if column is None or name in NOT_REWOUND or column.is_relation:
            continue
        try:
            setattr(row, name, None if column.null and value in NOTHING else column.to_python(_plain(value)))
        except ValidationError:
            continue  # kept in words that are no value of the column: what stands now is the best there is


def _plain(value: str) -> str:
    return "" if value in NOTHING else value


def _criterion(text: str) -> Criterion | None:
    for kind in Criterion.Kind:
        if text.startswith(f"{kind.label} "):
            return Criterion(kind=kind, text=text.removeprefix(f"{kind.label} "))
    return None
