"""From the record to the tables of the download: every public row, as of the day asked for."""

from django.conf import settings

from commitments.models import Agreement, EvidenceLink, Measurement, Organisation, Sector, Wording
from commitments.public import exporting, gathering, rewinding
from commitments.public.packaging import Table
from commitments.public.shapes import Moment, Row

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
COMMITMENTS = {"commitment": ("commitments", "ref")}


def tables(moment: Moment) -> list[Table]:
    rows = gathering.rows(moment)
    site_url = settings.SITE_URL
    commitments = [exporting.record(row, site_url=site_url) for row in rows]
    changes = gathering.changes(moment, commitments=[row.pk for row in rows])
    entries = [exporting.change(entry, site_url=site_url) for entry in sorted(changes, key=lambda c: c.sequence)]
    return [
        Table("commitments", "Commitments with their present status", exporting.RECORD_COLUMNS, commitments, ("ref",),
              {"agreement": ("agreements", "slug")}),
        Table("changes", "Every published status", exporting.CHANGE_COLUMNS, entries, ("sequence",),
              {"ref": ("commitments", "ref")}),
        Table("evidence", "Evidence in its use for a promise", EVIDENCE, _evidence(rows, moment),
              ("commitment", "ref"), COMMITMENTS),
        Table("measurements", "Measured, planned and promised values", MEASUREMENTS, _measurements(rows, moment), (),
              COMMITMENTS),
        Table("wordings", "What each source said", WORDINGS, _wordings(rows, moment), (), COMMITMENTS),
        Table("agreements", "Agreements", ("slug", "title", "signed_on", "binding", "parties", "note"),
              _agreements(moment), ("slug",), {}),
        Table("owners", "Organisations", ("slug", "name", "short_name", "kind", "ended_on", "note"), _owners(),
              ("slug",), {}),
        Table("sectors", "Sectors", ("slug", "name"), list(Sector.objects.values("slug", "name")), ("slug",), {}),
    ]  # fmt: skip


def _evidence(rows: list[Row], moment: Moment) -> list[dict[str, object]]:
    links = EvidenceLink.objects.filter(commitment__in=[row.pk for row in rows])
    if moment.as_of:
        links = links.filter(evidence__published_on__lte=moment.as_of)
    copied = [name for name in EVIDENCE if name not in ("commitment", "stance", "act", "repeats_promise")]
    columns = ("commitment__ref", "stance", "act", "repeats_promise", *(f"evidence__{name}" for name in copied))
    found = links.order_by("commitment__ref", "evidence__published_on", "evidence__ref").values(*columns)
    return [{name.removeprefix("evidence__").removesuffix("__ref"): v for name, v in row.items()} for row in found]


def _measurements(rows: list[Row], moment: Moment) -> list[dict[str, object]]:
    found = Measurement.objects.filter(series__commitment__in=[row.pk for row in rows])
    if moment.as_of:
        found = found.filter(on__lte=moment.as_of)
    found = found.order_by("series__ref", "on", "pk").select_related("series__commitment", "evidence")
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
        for m in found
    ]


def _wordings(rows: list[Row], moment: Moment) -> list[dict[str, object]]:
    found = Wording.objects.filter(commitment__in=[row.pk for row in rows], document__published_on__lte=moment.today)
    found = found.order_by("commitment__ref", "document__ref", "sentence").select_related("commitment", "document")
    pasts = rewinding.pasts(None, moment.as_of) if moment.as_of else {}
    then = [w for wording in found for w in pasts.get(wording.commitment_id, rewinding.Past()).rows([wording])]
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


def _agreements(moment: Moment) -> list[dict[str, object]]:
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


def _owners() -> list[dict[str, object]]:
    return [dict(row) for row in Organisation.objects.values("slug", "name", "short_name", "kind", "ended_on", "note")]
