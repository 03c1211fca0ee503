"""From the record to the rows of lists, today or as of a day.

Plain values from the database, no models: a list may have thousands of rows.
The number of queries does not depend on how many.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max, QuerySet

from commitments import as_of, flags
from commitments.models import Commitment, Conflict, EvidenceLink, Organisation
from commitments.public import remembering, replaying, rewinding
from commitments.public.shapes import Due, Moment, Party, Row
from commitments.status import Confirmation

# What a row copies from its commitment, and may have been revised.
WORDS = (
    "ref", "slug", "title", "statement", "firmness", "hedge", "binding", "made_on", "due_on", "due_precision",
    "due_note",
)  # fmt: skip
COLUMNS = (
    "pk", *WORDS, "status", "status_since", "status_reason", "confirmation", "last_evidence_on", "last_seen_on",
    "updated_at", "agreement__slug", "agreement__title", "last_change__effective_on",
)  # fmt: skip


@remembering.whole_record
def rows(moment: Moment) -> list[Row]:
    """Every published commitment that had been made by then, in order of reference."""
    return _made_by_then(_records(Commitment.objects.published().order_by("ref")), moment, own=False)


def some(moment: Moment, pks: Iterable[int]) -> list[Row]:
    """Those of the rows that are named."""
    return _made_by_then(_records(Commitment.objects.published().filter(pk__in=pks).order_by("ref")), moment, own=True)


def _made_by_then(found: list[Any], moment: Moment, *, own: bool) -> list[Row]:
    if not moment.as_of:
        return _rows_now(found, moment.today, own=own)
    return [row for row in _rows_then(found, moment.as_of, own=own) if row.made_on <= moment.as_of]


def row(commitment: Commitment, moment: Moment) -> Row:
    """The row of one commitment, by the same reading as the lists."""
    found = _records(Commitment.objects.filter(pk=commitment.pk))
    if moment.as_of:
        return _rows_then(found, moment.as_of, own=True)[0]
    return _rows_now(found, moment.today, own=True)[0]


def _records(found: QuerySet[Commitment]) -> list[Any]:
    return list(found.values_list(*COLUMNS, named=True))


@dataclass(frozen=True)
class Parties:
    """Owners and sectors by the primary key of the commitment."""

    owners: Mapping[int, tuple[Party, ...]]
    sectors: Mapping[int, tuple[Party, ...]]


def _parties(only: Sequence[int] | None) -> Parties:
    owners = Commitment.owners.through.objects.order_by("organisation__name")
    sectors = Commitment.sectors.through.objects.order_by("sector__name")
    if only is not None:
        owners, sectors = owners.filter(commitment__in=only), sectors.filter(commitment__in=only)
    owing = owners.values_list("commitment", "organisation__slug", "organisation__name", "organisation__short_name")
    return Parties(
        owners=_by_commitment(owing, lambda name, short: str(Organisation(name=name, short_name=short))),
        sectors=_by_commitment(sectors.values_list("commitment", "sector__slug", "sector__name"), str),
    )


def _by_commitment(found: Iterable[tuple[Any, ...]], called: Callable[..., str]) -> dict[int, tuple[Party, ...]]:
    """`found` is `(commitment, slug, what a name is made of…)`; a party of many is made once."""
    known: dict[str, Party] = {}
    own: dict[int, list[Party]] = defaultdict(list)
    for pk, slug, *names in found:
        if slug not in known:
            known[slug] = Party(slug, called(*names))
        own[pk].append(known[slug])
    return {pk: tuple(parties) for pk, parties in own.items()}


def _rows_now(found: Sequence[Any], today: date, *, own: bool) -> list[Row]:
    only = [record.pk for record in found] if own else None
    parties, contested = _parties(only), _contested(only)
    rows = []
    for record in found:
        names = _flags(
            status=record.status,
            due_on=record.due_on,
            last_seen_on=record.last_seen_on,
            changed_on=record.status_since,
            has_open_conflict=record.pk in contested,
            confirmation=record.confirmation,
            today=today,
        )
        present = Present(
            record.status,
            record.status_since,
            record.status_reason,
            record.confirmation,
            record.last_change__effective_on,
            record.last_evidence_on,
        )
        rows.append(_row(record, present, parties, names))
    return rows


@dataclass(frozen=True)
class Present:
    """What a row says of the day it is read at."""

    status: str
    since: date | None
    reason: str
    confirmation: str
    changed_on: date | None
    last_evidence_on: date | None


def _row(record: Any, present: Present, parties: Parties, flag_names: tuple[str, ...]) -> Row:
    return Row(
        pk=record.pk,
        ref=record.ref,
        slug=record.slug,
        title=record.title,
        statement=record.statement,
        agreement=Party(record.agreement__slug, record.agreement__title),
        owners=parties.owners.get(record.pk, ()),
        sectors=parties.sectors.get(record.pk, ()),
        firmness=record.firmness,
        hedge=record.hedge,
        binding=record.binding,
        made_on=record.made_on,
        due=Due(record.due_on, record.due_precision, record.due_note),
        status=present.status,
        since=present.since,
        reason=present.reason,
        confirmation=present.confirmation,
        changed_on=present.changed_on,
        last_evidence_on=present.last_evidence_on,
        flags=flag_names,
        updated_at=record.updated_at,
    )


def _contested(only: Sequence[int] | None) -> set[int]:
    conflicts = Conflict.objects.filter(state=Conflict.State.OPEN)
    if only is not None:
        conflicts = conflicts.filter(commitment__in=only)
    return set(conflicts.values_list("commitment_id", flat=True))


def _flags(*, confirmation: str, **facts: Any) -> tuple[str, ...]:
    return tuple(flags.flags(contradicted=confirmation == Confirmation.CONTRADICTED, **facts).names)


def _rows_then(found: Sequence[Any], on: date, *, own: bool) -> list[Row]:
    """The rows as of a day: words through the revisions, statuses replayed, evidence that was public by then."""
    only = [record.pk for record in found] if own else None
    moment = Moment(on, on)
    replay = replaying.whole(moment) if only is None else replaying.some(moment, only)
    pasts = rewinding.of_all(moment) if only is None else rewinding.pasts(only, on)
    now, before = _parties(only), rewinding.parties(pasts)
    then = Then(
        on=on,
        replay=replay,
        evidence=_last_evidence(on, only),
        contested=_contested_then(on, pasts, only),
        parties=Parties({**now.owners, **before.owners}, {**now.sectors, **before.sectors}),
    )
    return [_row_then(_with_words(record, pasts.get(record.pk), before), then) for record in found]


def _with_words(record: Any, past: rewinding.Past | None, before: rewinding.Filed) -> Any:
    """The record with the words it had."""
    if past is None:
        return record
    agreement = before.agreements.get(record.pk, Party(record.agreement__slug, record.agreement__title))
    words = rewinding.columns(Commitment, past.words, WORDS)
    return record._replace(agreement__slug=agreement.slug, agreement__title=agreement.name, **words)


@dataclass(frozen=True)
class Then:
    """What a day knew of every commitment, by primary key."""

    on: date
    replay: replaying.Replay
    evidence: Mapping[int, date]
    contested: set[int]
    parties: Parties


def _contested_then(on: date, pasts: Mapping[int, rewinding.Past], only: Iterable[int] | None) -> set[int]:
    """Commitments with a conflict that was open on the day, as far as its sources had been published by then."""
    conflicts = Conflict.objects.known_on(on)
    if only is not None:
        conflicts = conflicts.filter(commitment__in=only)
    past = rewinding.Past()
    found = [c for c in conflicts if pasts.get(c.commitment_id, past).rows([c])]
    return {c.commitment_id for c in found if c.state == Conflict.State.OPEN}


def _row_then(record: Any, then: Then) -> Row:
    state = as_of.state_of(then.replay.steps.get(record.pk, []), then.on)
    entry = then.replay.entries.get(state.sequence) if state.sequence else None
    changed_on = entry.effective_on if entry else None
    confirmation = entry.confirmation if entry else ""
    evidence_on = then.evidence.get(record.pk)
    names = _flags(
        status=state.status,
        due_on=record.due_on,
        last_seen_on=max((d for d in (evidence_on, changed_on) if d), default=None),
        changed_on=state.since,
        has_open_conflict=record.pk in then.contested,
        confirmation=confirmation,
        today=then.on,
    )
    reason = entry.reason if entry else ""
    present = Present(state.status, state.since, reason, confirmation, changed_on, evidence_on)
    return _row(record, present, then.parties, names)


def _last_evidence(on: date, only: Iterable[int] | None) -> dict[int, date]:
    links = EvidenceLink.objects.filter(evidence__published_on__lte=on)
    if only is not None:
        links = links.filter(commitment__in=only)
    return dict(links.order_by().values_list("commitment").annotate(Max("evidence__published_on")))
