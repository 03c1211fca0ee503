"""The published words as they stood at the end of a day: today's rows, read backwards through their revisions.

It changes rows in memory only; nothing that went through here may be saved. A
criterion that was removed since is put back; of other removed parts the
revisions keep too little to print them.
"""

import contextlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet, Value
from django.utils.text import slugify

from commitments.models import (
    Agreement,
    Commitment,
    Criterion,
    EvidenceLink,
    Measurement,
    Organisation,
    OrganisationName,
    Revision,
    Sector,
    SourceDocument,
)
from commitments.public import remembering
from commitments.public.shapes import Moment, Party

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

    def uses(self, links: Iterable[EvidenceLink]) -> list[EvidenceLink]:
        """The same for uses of evidence, and for the pieces themselves."""
        found = self.rows(links)
        self.rows([link.evidence for link in found])
        return found

    def points(self, measured: Iterable[Measurement]) -> list[Measurement]:
        """The same for points of a series, and for the series itself; none of a series that came later."""
        return [point for point in self.rows(measured) if self.rows([point.series])]

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


@remembering.within_a_page
def of_all(moment: Moment) -> dict[int, Past]:
    """The same for every record as of the day of that moment."""
    return pasts(None, moment.today)


def rewind(commitment: Commitment, past: Past) -> None:
    """Give this row, in memory, the columns that it had; agreement, owners and sectors are for `parties`."""
    _put_back(commitment, past.words)


@dataclass(frozen=True)
class Filed:
    """What records stood under on the day, by primary key; only those that stand elsewhere since."""

    owners: Mapping[int, tuple[Party, ...]]
    sectors: Mapping[int, tuple[Party, ...]]
    agreements: Mapping[int, Party]


def parties(pasts: Mapping[int, Past]) -> Filed:
    """Owners, sectors and agreements on the day, in one query, and none where nothing moved."""
    told = {
        "owners": {pk: past.owners for pk, past in pasts.items() if past.owners is not None},
        "sectors": {pk: past.sectors for pk, past in pasts.items() if past.sectors is not None},
        "agreements": {pk: past.words["agreement"] for pk, past in pasts.items() if past.words.get("agreement")},
    }
    known = _known() if any(told.values()) else {}
    found = {kind: {pk: tuple(_named(text, known[kind])) for pk, text in own.items()} for kind, own in told.items()}
    agreements = {pk: own[0] for pk, own in found["agreements"].items() if own}
    return Filed(found["owners"], found["sectors"], agreements)


def _known() -> dict[str, dict[str, Party]]:
    """Every organisation, sector and agreement by each way in which a revision may have written it."""

    def names(model: type[Model], kind: str, slug: str, *columns: str) -> QuerySet[Any]:
        return model._default_manager.order_by().values_list(Value(kind), slug, *columns)

    rows = names(Organisation, "owners", "slug", "name", "short_name").union(
        names(Sector, "sectors", "slug", "name", "name"),
        names(Agreement, "agreements", "slug", "title", "title"),
        names(OrganisationName, "aliases", "organisation__slug", "name", "name"),
        all=True,
    )
    known: dict[str, dict[str, Party]] = {"owners": {}, "sectors": {}, "agreements": {}}
    aliases = []
    for kind, slug, name, short in rows:
        if kind == "aliases":
            aliases.append((slug, name))
            continue
        for called in (slug, short, name):
            known[kind].setdefault(called, Party(slug, short or name))
    own = {party.slug: party for party in known["owners"].values()}
    for slug, name in aliases:
        known["owners"].setdefault(name, own[slug])
    return known


def _named(text: str, known: Mapping[str, Party]) -> Iterable[Party]:
    """The organisations in a list that is joined with commas; a name may hold commas itself."""
    parts = text.split(", ")
    while parts:
        fits = (n for n in range(len(parts), 0, -1) if ", ".join(parts[:n]) in known)
        length = next(fits, 0)
        if length:
            yield known[", ".join(parts[:length])]
        elif parts[0]:  # renamed or deleted since: what it was called is still true of that day
            yield Party(slugify(parts[0]), parts[0])
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
    if words.get("document"):  # of all relations the one whose words stand on the page
        row.document = SourceDocument.objects.filter(title=words["document"]).first() or row.document  # type: ignore[attr-defined]
    for name, value in columns(type(row), words).items():
        setattr(row, name, value)


def columns(model: type[Model], words: Mapping[str, str], names: Sequence[str] = ()) -> dict[str, Any]:
    """What these columns (or all) held; words that are no value of their column are left out."""
    found = {}
    for column in model._meta.concrete_fields:
        value = words.get(column.name)
        if value is None or column.name in NOT_REWOUND or column.is_relation or (names and column.name not in names):
            continue
        with contextlib.suppress(ValidationError):  # what stands now is the best there is
            found[column.name] = None if column.null and value in NOTHING else column.to_python(_plain(value))
    return found


def _plain(value: str) -> str:
    return "" if value in NOTHING else value


def _criterion(text: str) -> Criterion | None:
    for kind in Criterion.Kind:
        if text.startswith(f"{kind.label} "):
            return Criterion(kind=kind, text=text.removeprefix(f"{kind.label} "))
    return None
