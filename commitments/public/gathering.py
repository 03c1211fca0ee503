"""From the record to plain values beside the rows: changes, edits, days of evidence, today or as of a day.

The number of queries does not depend on how much there is to read.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from commitments.models import Commitment, EvidenceLink, LedgerHead, Revision, StatusChange
from commitments.models.history import StatusChangeQuerySet
from commitments.public import remembering, rewinding
from commitments.public.shapes import Change, Edit, Moment, event_kind
from commitments.status import Life, ReviewMode, Status

# Fewer than the variables that one statement may have on SQLite.
KEYS_A_QUERY = 900
CHANGE_COLUMNS = (
    "sequence", "kind", "from_status", "status", "reason", "effective_on", "recorded_at", "evidence_snapshot",
    "review_mode", "proposed_by_name", "approved_by_name", "confirmation", "confidence", "settled_by",
    "corrects__sequence", "commitment_id", "commitment__ref", "commitment__slug", "commitment__title",
)  # fmt: skip
ONCE_PUBLIC = (Life.PUBLISHED, Life.WITHDRAWN)
REVIEW_LABELS = {str(mode): str(mode.label) for mode in ReviewMode}
Days = list[tuple[date, str, int]]


def neighbours(commitment: Commitment, *, limit: int) -> list[int]:
    """Public commitments with the most sectors and owners in common with this one."""
    shared = Count("sectors", filter=Q(sectors__in=commitment.sectors.all()), distinct=True) * 2 + Count(
        "owners", filter=Q(owners__in=commitment.owners.all()), distinct=True
    )
    found = Commitment.objects.published().exclude(pk=commitment.pk).filter(sectors__in=commitment.sectors.all())
    return list(found.annotate(shared=shared).order_by("-shared", "ref").values_list("pk", flat=True)[:limit])


@remembering.whole_record
def evidence_dates(moment: Moment) -> Days:
    """How many uses of evidence fall on each day, by kind of event, summed in the database."""
    return _days(EvidenceLink.objects.all(), moment)


def evidence_dates_of(moment: Moment, pks: Iterable[int]) -> Days:
    """The same for some commitments."""
    return _days(EvidenceLink.objects.filter(commitment__in=pks), moment)


def _days(links: QuerySet[EvidenceLink], moment: Moment) -> Days:
    links = links.filter(commitment__life=Life.PUBLISHED)
    if moment.as_of:
        links = links.filter(evidence__published_on__lte=moment.as_of)
    sums = links.order_by().values_list("evidence__published_on", "stance", "act").annotate(Count("pk"))
    return [(on, event_kind(stance, act), count) for on, stance, act, count in sums]


def changes(
    moment: Moment,
    *,
    before: int | None = None,
    latest: bool = False,
    limit: int | None = None,
    **which: Any,
) -> list[Change]:
    """Published changes of public commitments, the one that took effect last first; `which` as in `_chosen`.

    With `latest` in the order they were recorded, the newest first, as feeds want it;
    `before` then continues below a sequence number.
    """
    found = _chosen(moment, **which)
    if before is not None:
        found = found.filter(sequence__lt=before)
    found = found.order_by("-sequence") if latest else found.newest_first()
    entries = list(found.values_list(*CHANGE_COLUMNS, named=True)[:limit])
    return [_change(entry, *names) for entry, names in zip(entries, _names(entries, moment), strict=True)]


def count_changes(moment: Moment, commitments: Iterable[int] | None) -> int:
    """How many changes the commitments that are public now have, or those named."""
    return _chosen(moment, commitments=commitments, withdrawn=False).count()


def _chosen(
    moment: Moment,
    *,
    commitment: int | None = None,
    commitments: Iterable[int] | None = None,
    corrections: bool = False,
    rated: bool = False,
    withdrawn: bool = True,
) -> StatusChangeQuerySet:
    """Changes in effect by then, of one or some commitments or all; `withdrawn` ones are left out on request."""
    found = StatusChange.objects.effective_by(moment.as_of)
    found = found.filter(commitment__life__in=ONCE_PUBLIC if withdrawn else [Life.PUBLISHED])
    if commitment is not None:
        found = found.filter(commitment=commitment)
    if commitments is not None:
        found = found.of(commitments)
    if corrections:
        found = found.corrections()
    return found.exclude(status=Status.NOT_YET_RATED) if rated else found


def _names(entries: Sequence[Any], moment: Moment) -> Iterator[tuple[str, str]]:
    """Reference and title of what each entry is about, as they were at that moment."""
    pasts: dict[int, rewinding.Past] = {}
    if moment.as_of:
        named = {entry.commitment_id for entry in entries}
        few = len(named) <= KEYS_A_QUERY and not remembering.is_read(rewinding.of_all, moment)
        pasts = rewinding.pasts(named, moment.as_of) if few else rewinding.of_all(moment)
    for entry in entries:
        past = pasts.get(entry.commitment_id, rewinding.Past())
        yield past.words.get("ref", entry.commitment__ref), past.words.get("title", entry.commitment__title)


def _change(entry: Any, ref: str, title: str) -> Change:
    return Change(
        sequence=entry.sequence,
        ref=ref,
        slug=entry.commitment__slug,
        title=title,
        kind=entry.kind,
        from_status=entry.from_status,
        status=entry.status,
        reason=entry.reason,
        effective_on=entry.effective_on,
        recorded_at=entry.recorded_at,
        evidence=tuple(item["ref"] for item in entry.evidence_snapshot),
        review_mode=REVIEW_LABELS[entry.review_mode],
        people=tuple(dict.fromkeys(n for n in (entry.proposed_by_name, entry.approved_by_name) if n)),
        confirmation=entry.confirmation,
        confidence=entry.confidence,
        settled_by=entry.settled_by,
        corrects=entry.corrects__sequence,
    )


def edits(moment: Moment, *, before: int, limit: int) -> list[tuple[Commitment, Edit]]:
    """Edits of published words of public records below a number, the newest first."""
    found = Revision.objects.filter(commitment__life__in=ONCE_PUBLIC).select_related("commitment")
    if moment.as_of:
        found = found.filter(made_at__date__lte=moment.as_of)
    found = found.filter(pk__lt=before).order_by("-pk")[:limit]
    return [(r.commitment, Edit(r.subject, r.before, r.after, r.reason, r.by_name, r.made_at, r.pk)) for r in found]


def head() -> tuple[int, str]:
    """Sequence and hash of the last ledger entry: which state of the record an export shows."""
    last = LedgerHead.current()
    return last.sequence, last.hash
