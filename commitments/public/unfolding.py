"""From the record to plain values for the page of one commitment, today or as of a day."""

from datetime import date

from commitments import ledger
from commitments.models import (
    Commitment,
    Conflict,
    Criterion,
    EvidenceLink,
    Measurement,
    Milestone,
    Series,
    Target,
    Wording,
)
from commitments.public import gathering, listing, remembering, replaying, rewinding
from commitments.public.measuring import Line, Point
from commitments.public.shapes import Change, Dispute, Dossier, Edit, Moment, Proof, Row, Said, Step

RELATED_SHOWN = 6


def dossier(commitment: Commitment, moment: Moment) -> Dossier:
    """All that the public may read about one commitment at that moment."""
    entries = gathering.changes(moment, commitment=commitment.pk)
    own = listing.row(commitment, moment)
    past = _past(commitment, moment)
    rewinding.rewind(commitment, past)
    return Dossier(
        row=own,
        owner_note=commitment.owner_note,
        wording_source=commitment.wording_source.replace("_", " "),
        in_agreement=commitment.in_agreement,
        made_on_note=commitment.made_on_note,
        life=commitment.life,
        life_note=commitment.life_note,
        proofs=proofs(commitment, moment, past),
        changes=tuple(sorted(entries, key=lambda c: c.sequence)),
        said=wordings(commitment, moment, past),
        disputes=disputes(commitment, moment, past),
        lines=lines(commitment, moment, past),
        criteria=criteria(commitment, past),
        edits=edits(commitment, moment),
        related=related(commitment, moment),
        milestones=tuple(_milestone(m, moment) for m in past.rows(commitment.milestones.all())),
        searches=_searches(commitment, moment),
        replies=_replies(commitment, moment),
    )


def _past(commitment: Commitment, moment: Moment) -> rewinding.Past:
    nothing = rewinding.Past()
    return rewinding.pasts([commitment.pk], moment.as_of).get(commitment.pk, nothing) if moment.as_of else nothing


def _milestone(milestone: Milestone, moment: Moment) -> tuple[str, date | None, date | None]:
    reached_on = milestone.reached_on if not _lies_ahead(milestone.reached_on, moment) else None
    return milestone.title, milestone.due_on, reached_on


def _lies_ahead(day: date | None, moment: Moment) -> bool:
    return bool(day and moment.as_of and day > moment.as_of)


def proofs(commitment: Commitment, moment: Moment, past: rewinding.Past) -> tuple[Proof, ...]:
    """Its evidence, newest first, in the words of the day."""
    links = EvidenceLink.objects.filter(commitment=commitment).select_related("evidence").defer("evidence__snapshot")
    found = past.uses(links)
    return tuple(proof(link) for link in found if not _lies_ahead(link.evidence.published_on, moment))


def proof(link: EvidenceLink) -> Proof:
    item = link.evidence
    return Proof(
        ref=item.ref,
        title=item.title,
        url=item.url,
        publisher=item.publisher,
        published_on=item.published_on,
        precision=item.date_precision,
        tier=item.tier,
        stance=link.stance,
        act=link.act,
        fact=item.fact,
        note=link.note,
        source_state=item.source_state,
        repeats_promise=link.repeats_promise,
    )


def wordings(commitment: Commitment, moment: Moment, past: rewinding.Past) -> tuple[Said, ...]:
    """What each source said that was public by then."""
    found = past.rows(commitment.wordings.select_related("document"))
    return tuple(_said(w) for w in found if not _lies_ahead(w.document.published_on, moment))


def _said(wording: Wording) -> Said:
    document = wording.document
    return Said(
        document=document.title,
        publisher=document.publisher,
        published_on=document.published_on,
        precision=document.date_precision,
        url=document.url,
        kind=document.kind,
        sentence=wording.sentence,
        paraphrase=wording.paraphrase,
        hedge=wording.hedge,
        firmness=wording.firmness,
        is_primary=wording.is_primary,
    )


def disputes(commitment: Commitment, moment: Moment, past: rewinding.Past) -> tuple[Dispute, ...]:
    found = commitment.conflicts.known_on(moment.today).prefetch_related("readings__document")
    return tuple(_dispute(conflict, past) for conflict in past.rows(found))


def _dispute(conflict: Conflict, past: rewinding.Past) -> Dispute:
    sides = tuple((r.document.title if r.document else "", r.value) for r in past.rows(conflict.readings.all()))
    return Dispute(conflict.point, conflict.get_state_display(), conflict.detail, conflict.resolution, sides)


def criteria(commitment: Commitment, past: rewinding.Past) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """“Met if”, “Not met if”, “We would need”, in that order, those that are there."""
    found = past.criteria(commitment.criteria.all())
    groups = ((kind.label, tuple(c.text for c in found if c.kind == kind)) for kind in Criterion.Kind)
    return tuple((label, texts) for label, texts in groups if texts)


def lines(commitment: Commitment, moment: Moment, past: rewinding.Past) -> tuple[Line, ...]:
    """Measured quantities, the headline one first."""
    found = past.rows(commitment.series.select_related("target").prefetch_related("measurements__evidence"))
    targets = past.rows(commitment.targets.all())
    past.rows([series.target for series in found if series.target])
    ordered = sorted(found, key=lambda s: (not (s.target and s.target.is_headline), s.pk))
    drawn = ((series, series.target or _target_of(series, targets)) for series in ordered)
    return tuple(_line(series, target, past.rows(series.measurements.all()), moment) for series, target in drawn)


def line(ref: str, moment: Moment) -> Line | None:
    """One series of a public record by its reference."""
    series = Series.objects.filter(ref=ref, commitment__life="published").select_related("commitment", "target").first()
    if series is None:
        return None
    past = _past(series.commitment, moment)
    return next(line for line in lines(series.commitment, moment, past) if line.ref == ref)


def _target_of(series: Series, targets: list[Target]) -> Target | None:
    """The target with the same goal, where the record does not name one."""
    return next((t for t in targets if series.goal is not None and t.value == series.goal), None)


def _line(series: Series, target: Target | None, measured: list[Measurement], moment: Moment) -> Line:
    commitment = series.commitment
    points = tuple(_point(m) for m in measured if not _lies_ahead(m.on, moment))
    baseline = series.baseline if series.baseline is not None else (target.baseline if target else None)
    known = [p for p in points if p.kind == "reported" and p.value == baseline]
    given = target.baseline_on if target else None
    return Line(
        ref=series.ref,
        title=series.title,
        unit=series.unit,
        baseline=baseline,
        baseline_on=given or (known[0].on if known else commitment.made_on),
        goal=series.goal if series.goal is not None else (target.value if target else None),
        due_on=(target.due_on if target else None) or commitment.due_on,
        note=series.note,
        points=points,
    )


def _point(measurement: Measurement) -> Point:
    evidence = measurement.evidence.ref if measurement.evidence else ""
    return Point(measurement.on, measurement.value, measurement.kind, measurement.note, evidence)


def edits(commitment: Commitment, moment: Moment) -> tuple[Edit, ...]:
    found = commitment.revisions.all()
    if moment.as_of:
        found = found.filter(made_at__date__lte=moment.as_of)
    return tuple(Edit(r.subject, r.before, r.after, r.reason, r.by_name, r.made_at) for r in found)


def related(commitment: Commitment, moment: Moment) -> tuple[Row, ...]:
    """Others that share its sectors or owners, most in common first."""
    order = gathering.neighbours(commitment, limit=RELATED_SHOWN)
    return tuple(sorted(listing.some(moment, order), key=lambda row: order.index(row.pk)))


def _searches(commitment: Commitment, moment: Moment) -> tuple[tuple, ...]:  # type: ignore[type-arg]
    found = commitment.search_records.all()
    return tuple(
        (s.searched_on, s.sources, s.terms, s.result)
        for s in found
        if not moment.as_of or s.searched_on <= moment.as_of
    )


def _replies(commitment: Commitment, moment: Moment) -> tuple[tuple, ...]:  # type: ignore[type-arg]
    """What owners were asked and answered, where it may be shown."""
    found = commitment.reply_requests.filter(is_public=True).select_related("organisation")
    return tuple(
        (str(r.organisation), r.asked_on, r.question, r.answered_on, r.answer)
        for r in found
        if not moment.as_of or r.asked_on <= moment.as_of
    )


def steps(changes: tuple[Change, ...], moment: Moment) -> tuple[Step, ...]:
    """The statuses that stood, one after the other, corrections applied; reviews do not break a run."""
    chain = [ledger.Step(c.sequence, c.status, c.effective_on, c.recorded_at, c.corrects) for c in changes]
    return runs_of(chain, moment)


@remembering.whole_record
def all_steps(moment: Moment) -> dict[int, tuple[Step, ...]]:
    """The runs of every commitment, in one query."""
    return {pk: runs_of(chain, moment) for pk, chain in replaying.whole(moment).steps.items()}


def runs_of(chain: list[ledger.Step], moment: Moment) -> tuple[Step, ...]:
    """Consecutive equal statuses as one run each; the last one lasts until today."""
    runs: list[Step] = []
    in_force = (s for s in ledger.standing(chain) if not moment.as_of or s.effective_on <= moment.as_of)
    for step in sorted(in_force, key=lambda s: (s.effective_on, s.sequence)):
        if runs and runs[-1].status == step.status:
            continue
        if runs:
            runs[-1] = Step(runs[-1].status, runs[-1].from_on, step.effective_on)
        runs.append(Step(step.status, step.effective_on, moment.today))
    return tuple(runs)
