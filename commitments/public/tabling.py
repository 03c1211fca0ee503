"""From the record to the tables of the download: every public row, as of the day asked for."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from commitments.models import Agreement, EvidenceLink, Measurement, Organisation, Sector, Wording
from commitments.public import exporting, gathering, listing, rewinding
from commitments.public.packaging import Table
from commitments.public.shapes import Moment
from commitments.status import Life

EVIDENCE = (
    "commitment", "ref", "title", "url", "publisher", "published_on", "date_precision", "tier", "stance", "act", "fact",
    "repeats_promise", "source_state",
)  # fmt: skip
MEASUREMENTS = (
    "commitment", "series", "title", "unit", "baseline", "goal", "on", "value", "kind", "evidence", "note",
)  # fmt: skip
WORDINGS = (
    "commitment", "document", "publisher", "published_on", "url", "sentence", "paraphrase", "hedge", "firmness",
    "is_primary",
)  # fmt: skip
Rows = Sequence[Mapping[str, Any]]
COMMITMENTS = {"commitment": ("commitments", "ref")}


def tables(moment: Moment) -> list[Table]:
    """The tables of the download; each is read when its rows are asked for."""
    return [*_of_promises(moment), *_of_parties(moment)]


def _of_promises(moment: Moment) -> list[Table]:
    def table(name: str, title: str, columns: tuple[str, ...], read: Callable[[Moment], Rows], **more: Any) -> Table:
        counted = more.pop("counted", lambda moment: len(read(moment)))
        return Table(name, title, columns, partial(read, moment), partial(counted, moment), **more)

    return [
        table(
            "commitments", "Commitments with their present status", exporting.RECORD_COLUMNS, _commitments,
            counted=lambda moment: len(listing.rows(moment)),
            key=("ref",), refers={"agreement": ("agreements", "slug")},
        ),
        table(
            "changes", "Every published status", exporting.CHANGE_COLUMNS, _changes,
            counted=lambda moment: gathering.count_changes(moment, _chosen(moment)),
            key=("sequence",), refers={"ref": ("commitments", "ref")},
        ),
        table(
            "evidence", "Evidence in its use for a promise", EVIDENCE, _evidence,
            counted=lambda moment: _links(moment).count(), key=("commitment", "ref"), refers=COMMITMENTS,
        ),
        table(
            "measurements", "Measured, planned and promised values", MEASUREMENTS, _measurements, refers=COMMITMENTS
        ),
        table("wordings", "What each source said", WORDINGS, _wordings, refers=COMMITMENTS),
    ]  # fmt: skip


def _of_parties(moment: Moment) -> list[Table]:
    def table(name: str, title: str, columns: tuple[str, ...], read: Callable[[], Rows]) -> Table:
        return Table(name, title, columns, read, lambda: len(read()), key=("slug",))

    agreements = ("slug", "title", "signed_on", "binding", "parties", "note")
    organisations = ("slug", "name", "short_name", "kind", "ended_on", "note")
    return [
        table("agreements", "Agreements", agreements, partial(_agreements, moment)),
        table("owners", "Organisations", organisations, lambda: list(Organisation.objects.values(*organisations))),
        table("sectors", "Sectors", ("slug", "name"), lambda: list(Sector.objects.values("slug", "name"))),
    ]


def _chosen(moment: Moment) -> list[int] | None:
    """The public commitments of that moment; None for all of today's."""
    return [row.pk for row in listing.rows(moment)] if moment.as_of else None


def _of_public(found: QuerySet[Any], moment: Moment, commitment: str = "commitment") -> QuerySet[Any]:
    chosen = _chosen(moment)
    if chosen is None:
        return found.filter(**{f"{commitment}__life": Life.PUBLISHED})
    return found.filter(**{f"{commitment}__in": chosen})


def _commitments(moment: Moment) -> Rows:
    return [exporting.record(row, site_url=settings.SITE_URL) for row in listing.rows(moment)]


def _changes(moment: Moment) -> Rows:
    found = gathering.changes(moment, commitments=_chosen(moment), withdrawn=False)
    return [exporting.change(entry, site_url=settings.SITE_URL) for entry in sorted(found, key=lambda c: c.sequence)]


def _links(moment: Moment) -> QuerySet[EvidenceLink]:
    links = _of_public(EvidenceLink.objects.all(), moment)
    return links.filter(evidence__published_on__lte=moment.as_of) if moment.as_of else links


def _evidence(moment: Moment) -> Rows:
    of_use = ("stance", "act", "repeats_promise")
    of_piece = [name for name in EVIDENCE if name not in ("commitment", *of_use)]
    found = _links(moment).order_by("commitment__ref", "evidence__published_on", "evidence__ref")
    found = found.select_related("commitment", "evidence").defer("evidence__snapshot")
    past_of = _pasts(moment)
    return [
        {"commitment": link.commitment.ref}
        | {name: getattr(link, name) for name in of_use}
        | {name: getattr(link.evidence, name) for name in of_piece}
        for use in found
        for link in past_of(use.commitment_id).uses([use])
    ]


def _pasts(moment: Moment) -> Callable[[int], rewinding.Past]:
    """What to put back on the parts of each commitment."""
    pasts, nothing = rewinding.of_all(moment) if moment.as_of else {}, rewinding.Past()
    return lambda commitment: pasts.get(commitment, nothing)


def _measurements(moment: Moment) -> Rows:
    found = _of_public(Measurement.objects.all(), moment, "series__commitment")
    if moment.as_of:
        found = found.filter(on__lte=moment.as_of)
    found = found.order_by("series__ref", "on", "pk").select_related("series__commitment", "evidence")
    past_of = _pasts(moment)
    return [
        {
            "commitment": m.series.commitment.ref,
            "series": m.series.ref,
            "title": m.series.title,
            "unit": m.series.unit,
            "baseline": m.series.baseline,
            "goal": m.series.goal,
            "on": m.on,
            "value": m.value,
            "kind": m.kind,
            "evidence": m.evidence.ref if m.evidence else None,
            "note": m.note,
        }
        for point in found
        for m in past_of(point.series.commitment_id).points([point])
    ]


def _wordings(moment: Moment) -> Rows:
    found = _of_public(Wording.objects.filter(document__published_on__lte=moment.today), moment)
    found = found.order_by("commitment__ref", "document__ref", "sentence").select_related("commitment", "document")
    past_of = _pasts(moment)
    then = [w for wording in found for w in past_of(wording.commitment_id).rows([wording])]
    return [
        {
            "commitment": w.commitment.ref,
            "document": w.document.title,
            "publisher": w.document.publisher,
            "published_on": w.document.published_on,
            "url": w.document.url,
            "sentence": w.sentence or None,
            "paraphrase": w.paraphrase,
            "hedge": w.hedge,
            "firmness": w.firmness,
            "is_primary": w.is_primary,
        }
        for w in then
    ]


def _agreements(moment: Moment) -> Rows:
    return [
        {
            "slug": agreement.slug,
            "title": agreement.title,
            "signed_on": agreement.signed_on,
            "binding": agreement.binding,
            "parties": [party.slug for party in agreement.parties.all()],
            "note": agreement.note,
        }
        for agreement in Agreement.objects.filter(signed_on__lte=moment.today).prefetch_related("parties")
    ]
