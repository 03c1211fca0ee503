"""From the record to plain values for lists: rows and changes, today or as of a day.

The number of queries does not depend on how much there is to read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q

from commitments import as_of, flags
from commitments.models import (
    Commitment,
    Conflict,
    EvidenceLink,
    LedgerHead,
    Revision,
    StatusChange,
)
from commitments.public import rewinding
from commitments.public.shapes import Change, Due, Edit, Moment, Party, Row, event_kind
from commitments.status import Confirmation, ReviewMode, Status

# Fewer than the variables that one statement may have on SQLite.
KEYS_A_QUERY = 900


def rows(moment: Moment, *, pks: Iterable[int] | None = None) -> list[Row]:
    """Every published commitment that had been made by then, or those named, in order of reference."""
    public = Commitment.objects.published().with_parties().order_by("ref")
    found = list(public if pks is None else public.filter(pk__in=pks))
    if moment.as_of:
        return [row for row in _rows_then(found, moment.as_of, own=pks is not None) if row.made_on <= moment.as_of]
    contested = _contested()
    return [_row(c, _flags(c, c.pk in contested, moment.today)) for c in found]


def row(commitment: Commitment, moment: Moment) -> Row:
    """The row of one commitment, by the same reading as the lists."""
    contested = commitment.pk in _contested(commitment.pk)
    if moment.as_of:
        return _rows_then([commitment], moment.as_of, own=True)[0]
    return _row(commitment, _flags(commitment, contested, moment.today))


def neighbours(commitment: Commitment, *, limit: int) -> list[int]:
    """Public commitments with the most sectors and owners in common with this one."""
    shared = Count("sectors", filter=Q(sectors__in=commitment.sectors.all()), distinct=True) * 2 + Count(
        "owners", filter=Q(owners__in=commitment.owners.all()), distinct=True
    )
    found = Commitment.objects.published().exclude(pk=commitment.pk).filter(sectors__in=commitment.sectors.all())
    return list(found.annotate(shared=shared).order_by("-shared", "ref").values_list("pk", flat=True)[:limit])


def _contested(pk: int | None = None) -> set[int]:
    conflicts = Conflict.objects.filter(state=Conflict.State.OPEN)
    if pk is not None:
        conflicts = conflicts.filter(commitment=pk)
    return set(conflicts.values_list("commitment_id", flat=True))


def _flags(commitment: Commitment, contested: bool, today: date) -> tuple[str, ...]:
    return _flag_names(
        status=commitment.status,
        due_on=commitment.due_on,
        last_seen_on=commitment.last_seen_on,
        changed_on=commitment.status_since,
        has_open_conflict=contested,
        confirmation=commitment.confirmation,
        today=today,
    )


def _flag_names(*, confirmation: str, **facts: object) -> tuple[str, ...]:
    return tuple(flags.flags(contradicted=confirmation == Confirmation.CONTRADICTED, **facts).names)  # type: ignore[arg-type]


def _row(commitment: Commitment, flag_names: tuple[str, ...], **then: object) -> Row:
    """`then` replaces what a row says of the present: status, dates, owners."""
    last = commitment.last_change
    values: dict[str, object] = {
        "status": commitment.status,
        "since": commitment.status_since,
        "reason": commitment.status_reason,
        "confirmation": commitment.confirmation,
        "changed_on": last.effective_on if last else None,
        "last_evidence_on": commitment.last_evidence_on,
        "owners": None,
        **then,
    }
    if values["owners"] is None:
        values["owners"] = tuple(Party(o.slug, str(o)) for o in commitment.owners.all())
    return Row(
        pk=commitment.pk,
        ref=commitment.ref,
        slug=commitment.slug,
        title=commitment.title,
        statement=commitment.statement,
        agreement=Party(commitment.agreement.slug, commitment.agreement.title),
        sectors=tuple(Party(s.slug, s.name) for s in commitment.sectors.all()),
        firmness=commitment.firmness,
        hedge=commitment.hedge,
        binding=commitment.binding,
        made_on=commitment.made_on,
        due=Due(commitment.due_on, commitment.due_precision, commitment.due_note),
        flags=flag_names,
        updated_at=commitment.updated_at,
        **values,  # type: ignore[arg-type]
    )


def _rows_then(found: Sequence[Commitment], on: date, *, own: bool = False) -> list[Row]:
    """The rows as of a day: words through the revisions, statuses replayed, evidence that was public by then."""
    only = [c.pk for c in found] if own else None
    pasts = rewinding.pasts(only, on)
    rewinding.rewind(found, pasts)
    states = as_of.states(on=on, commitments=only)
    then = Then(
        on=on,
        entries=_entries([s.sequence for s in states.values() if s.sequence]),
        evidence=_last_evidence(on, only),
        contested=_contested_then(on, pasts, only),
        owners=rewinding.owners(pasts),
    )
    return [_row_then(c, states.get(c.pk, as_of.UNRATED), then) for c in found]


@dataclass(frozen=True)
class Then:
    """What a day knew of every commitment, by primary key; entries by their sequence."""

    on: date
    entries: dict[int, StatusChange]
    evidence: dict[int, date]
    contested: set[int]
    owners: dict[int, tuple[Party, ...]]


def _entries(sequences: list[int]) -> dict[int, StatusChange]:
    found: dict[int, StatusChange] = {}
    columns = ("sequence", "reason", "confirmation", "effective_on", "commitment")
    for start in range(0, len(sequences), KEYS_A_QUERY):
        some = StatusChange.objects.filter(sequence__in=sequences[start : start + KEYS_A_QUERY])
        found |= {entry.sequence: entry for entry in some.only(*columns)}
    return found


def _contested_then(on: date, pasts: Mapping[int, rewinding.Past], only: Iterable[int] | None) -> set[int]:
    """Commitments with a conflict that was open on the day, as far as its sources had been published by then."""
    conflicts = Conflict.objects.known_on(on)
    if only is not None:
        conflicts = conflicts.filter(commitment__in=only)
    past = rewinding.Past()
    found = [c for c in conflicts if pasts.get(c.commitment_id, past).rows([c])]
    return {c.commitment_id for c in found if c.state == Conflict.State.OPEN}


def _row_then(commitment: Commitment, state: as_of.State, then: Then) -> Row:
    entry = then.entries.get(state.sequence) if state.sequence else None
    changed_on = entry.effective_on if entry else None
    confirmation = entry.confirmation if entry else ""
    evidence_on = then.evidence.get(commitment.pk)
    names = _flag_names(
        status=state.status,
        due_on=commitment.due_on,
        last_seen_on=max((d for d in (evidence_on, changed_on) if d), default=None),
        changed_on=state.since,
        has_open_conflict=commitment.pk in then.contested,
        confirmation=confirmation,
        today=then.on,
    )
    return _row(
        commitment,
        names,
        status=state.status,
        since=state.since,
        reason=entry.reason if entry else "",
        confirmation=confirmation,
        changed_on=changed_on,
        last_evidence_on=evidence_on,
        owners=then.owners.get(commitment.pk),
    )


def _last_evidence(on: date, only: Iterable[int] | None) -> dict[int, date]:
    links = EvidenceLink.objects.filter(evidence__published_on__lte=on)
    if only is not None:
        links = links.filter(commitment__in=only)
    return dict(links.order_by().values_list("commitment").annotate(Max("evidence__published_on")))


def evidence_dates(moment: Moment, *, pks: Iterable[int] | None = None) -> list[tuple[date, str, int]]:
    """How many uses of evidence fall on each day, by kind of event, summed in the database."""
    links = EvidenceLink.objects.filter(commitment__life="published")
    if pks is not None:
        links = links.filter(commitment__in=pks)
    if moment.as_of:
        links = links.filter(evidence__published_on__lte=moment.as_of)
    sums = links.order_by().values_list("evidence__published_on", "stance", "act").annotate(Count("pk"))
    return [(on, event_kind(stance, act), count) for on, stance, act, count in sums]


def changes(
    moment: Moment,
    *,
    commitment: int | None = None,
    commitments: Iterable[int] | None = None,
    corrections: bool = False,
    rated: bool = False,
    before: int | None = None,
    latest: bool = False,
    limit: int | None = None,
) -> list[Change]:
    """Published changes of public commitments, the one that took effect last first.

    With `latest` in the order they were recorded, the newest first, as feeds want it;
    `before` then continues below a sequence number.
    """
    found = StatusChange.objects.filter(commitment__life__in=("published", "withdrawn"))
    if commitment is not None:
        found = found.filter(commitment=commitment)
    if commitments is not None:
        found = found.of(commitments)
    if corrections:
        found = found.corrections()
    if rated:
        found = found.exclude(status=Status.NOT_YET_RATED)
    if moment.as_of:
        found = found.filter(effective_on__lte=moment.as_of)
    if before is not None:
        found = found.filter(sequence__lt=before)
    found = found.order_by("-sequence") if latest else found.newest_first()
    entries = list(found.select_related("commitment", "corrects")[:limit])
    if moment.as_of:
        named = {entry.commitment_id for entry in entries} if limit or commitment else None
        rewinding.rewind([entry.commitment for entry in entries], rewinding.pasts(named, moment.as_of))
    return [change(entry) for entry in entries]


def change(entry: StatusChange) -> Change:
    return Change(
        sequence=entry.sequence,
        ref=entry.commitment.ref,
        slug=entry.commitment.slug,
        title=entry.commitment.title,
        kind=entry.kind,
        from_status=entry.from_status,
        status=entry.status,
        reason=entry.reason,
        effective_on=entry.effective_on,
        recorded_at=entry.recorded_at,
        evidence=tuple(item["ref"] for item in entry.evidence_snapshot),
        review_mode=ReviewMode(entry.review_mode).label,
        people=tuple(dict.fromkeys(n for n in (entry.proposed_by_name, entry.approved_by_name) if n)),
        confirmation=entry.confirmation,
        confidence=entry.confidence,
        settled_by=entry.settled_by,
        corrects=entry.corrects.sequence if entry.corrects else None,
    )


def edits(moment: Moment) -> list[tuple[Commitment, Edit]]:
    """Every edit of published words of public records, the newest first."""
    found = Revision.objects.filter(commitment__life__in=("published", "withdrawn")).select_related("commitment")
    if moment.as_of:
        found = found.filter(made_at__date__lte=moment.as_of)
    return [(r.commitment, Edit(r.subject, r.before, r.after, r.reason, r.by_name, r.made_at)) for r in found]


def head() -> tuple[int, str]:
    """Sequence and hash of the last ledger entry: which state of the record an export shows."""
    last = LedgerHead.current()
    return last.sequence, last.hash
