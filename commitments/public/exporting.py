"""The same values as the pages, for machines: one record, then JSON or CSV of it."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from commitments.public.charts.trajectory import plain
from commitments.public.measuring import Line
from commitments.public.presenting import Event
from commitments.public.shapes import Change, Dispute, Dossier, Edit, Moment, Party, Proof, Row, Said, event_address

LICENCE = "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/"
NUMBER = re.compile(r"-?\d+(\.\d+)?")
# What makes a spreadsheet take a cell for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
EVENT_COLUMNS = (
    "ref", "date", "event", "status", "title", "publisher", "url", "tier", "stance", "act", "text", "permalink",
)  # fmt: skip


def record(row: Row, *, site_url: str) -> dict[str, Any]:
    """One promise, flat: what JSON, CSV and the API all give."""
    return {
        "ref": row.ref,
        "slug": row.slug,
        "url": f"{site_url}/c/{row.slug}/",
        "title": row.title,
        "statement": row.statement,
        "agreement": row.agreement.slug,
        "owners": [owner.slug for owner in row.owners],
        "sectors": [sector.slug for sector in row.sectors],
        "firmness": row.firmness,
        "hedge": row.hedge,
        "binding": row.binding,
        "made_on": row.made_on.isoformat(),
        "due_on": row.due.on.isoformat() if row.due.on else None,
        "due_precision": row.due.precision,
        "due_note": row.due.note,
        "status": row.status,
        "status_label": row.status_label,
        "band": str(row.band),
        "status_since": row.since.isoformat() if row.since else None,
        "status_reason": row.reason,
        "confirmation": row.confirmation,
        "last_change_on": row.changed_on.isoformat() if row.changed_on else None,
        "last_evidence_on": row.last_evidence_on.isoformat() if row.last_evidence_on else None,
        "flags": list(row.flags),
    }


def change(entry: Change, *, site_url: str) -> dict[str, Any]:
    return {
        "sequence": entry.sequence,
        "ref": entry.ref,
        "url": entry.permalink(site_url),
        "title": entry.title,
        "kind": entry.kind,
        "from_status": entry.from_status or None,
        "status": entry.status,
        "status_label": entry.label,
        "reason": entry.reason,
        "effective_on": entry.effective_on.isoformat(),
        "recorded_at": entry.recorded_at.isoformat(),
        "evidence": list(entry.evidence),
        "review": entry.review_mode,
        "corrects": entry.corrects,
    }


def proof(item: Proof) -> dict[str, Any]:
    return {
        "ref": item.ref,
        "title": item.title,
        "url": item.url,
        "publisher": item.publisher,
        "published_on": item.published_on.isoformat(),
        "date_precision": item.precision,
        "tier": item.tier,
        "stance": item.stance,
        "act": item.act,
        "fact": item.fact,
        "repeats_promise": item.repeats_promise,
        "source_state": item.source_state,
    }


def line(series: Line, moment: Moment) -> dict[str, Any]:
    """One measured quantity; `needed_now` is what the straight line asks for on the day read at."""
    course = series.course
    return {
        "ref": series.ref,
        "title": series.title,
        "unit": series.unit,
        "baseline": _number(series.baseline),
        "baseline_on": series.baseline_on.isoformat() if series.baseline_on else None,
        "goal": _number(series.goal),
        "due_on": series.due_on.isoformat() if series.due_on else None,
        "needed_now": _number(round(course.needed(moment.today), 4)) if course else None,
        "note": series.note,
        "points": [
            {
                "on": point.on.isoformat(),
                "value": _number(point.value),
                "kind": point.kind,
                "evidence": point.evidence or None,
                "note": point.note,
            }
            for point in series.points
        ],
    }


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def whole(dossier: Dossier, moment: Moment, *, site_url: str) -> dict[str, Any]:
    """Everything that the page of one promise shows."""
    return {
        **record(dossier.row, site_url=site_url),
        "made_on_note": dossier.made_on_note,
        "owner_note": dossier.owner_note,
        "in_agreement": dossier.in_agreement,
        "days_since_last_evidence": dossier.row.days_silent(moment.today),
        "criteria": {label: list(texts) for label, texts in dossier.criteria},
        "changes": [change(entry, site_url=site_url) for entry in dossier.changes],
        "evidence": [proof(item) for item in dossier.proofs],
        "series": [line(series, moment) for series in dossier.lines],
        "wordings": [_wording(said) for said in dossier.said],
        "disputes": [_dispute(dispute) for dispute in dossier.disputes],
        "edits": [_edit(edit) for edit in dossier.edits],
    }


def _wording(said: Said) -> dict[str, Any]:
    return {
        "document": said.document,
        "publisher": said.publisher,
        "published_on": said.published_on.isoformat(),
        "url": said.url,
        "sentence": said.sentence or None,
        "paraphrase": said.paraphrase,
        "hedge": said.hedge,
        "firmness": said.firmness,
        "is_primary": said.is_primary,
    }


def _dispute(dispute: Dispute) -> dict[str, Any]:
    return {
        "point": dispute.point,
        "state": dispute.state,
        "detail": dispute.detail,
        "sides": [{"document": document, "value": value} for document, value in dispute.sides],
        "resolution": dispute.resolution,
    }


def _edit(edit: Edit) -> dict[str, Any]:
    return {
        "subject": edit.subject,
        "before": edit.before,
        "after": edit.after,
        "reason": edit.reason,
        "made_at": edit.made_at.isoformat(),
    }


def party(found: Party, *, path: str, site_url: str, count: int) -> dict[str, Any]:
    return {"slug": found.slug, "name": found.name, "url": f"{site_url}/{path}/{found.slug}/", "commitments": count}


def events(dossier: Dossier, timeline: Iterable[Event], *, site_url: str) -> list[dict[str, str]]:
    """The timeline as a table, the newest first."""
    address = f"{site_url}/c/{dossier.row.slug}/"
    return [
        {"ref": dossier.row.ref, **_event(event), "permalink": address + event_address(event.anchor)}
        for event in timeline
    ]


def _event(event: Event) -> dict[str, str]:
    empty = dict.fromkeys(("status", "title", "publisher", "url", "tier", "stance", "act", "text"), "")
    told: dict[str, str] = {"date": event.on.isoformat(), "event": event.glyph}
    if event.change:
        told |= {"status": event.change.status, "title": event.change.label, "text": event.change.reason}
    elif event.proof:
        item = event.proof
        told |= {"title": item.title, "publisher": item.publisher, "url": item.url, "tier": item.tier}
        told |= {"stance": item.stance, "act": item.act, "text": item.fact}
    return {**empty, **told}


def as_json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1)


def as_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """RFC 4180 with a header line, safe to open in a spreadsheet; lists are joined with “; ”."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([cell(row[name]) for name in columns] for row in rows)
    return out.getvalue()


def cell(value: Any) -> str:
    """A value as text that no spreadsheet takes for a formula; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return cell("; ".join(str(part) for part in value))
    said = plain(value) if hasattr(value, "normalize") else str(value)
    return f"'{said}" if said.startswith(FORMULA_STARTS) and not NUMBER.fullmatch(said) else said


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The numbers behind a chart as CSV."""
    return as_csv([dict(zip(header, row, strict=True)) for row in rows], header)


RECORD_COLUMNS = (
    "ref", "slug", "url", "title", "statement", "agreement", "owners", "sectors", "firmness", "hedge", "binding",
    "made_on", "due_on", "due_precision", "due_note", "status", "status_label", "band", "status_since",
    "status_reason", "confirmation", "last_change_on", "last_evidence_on", "flags",
)  # fmt: skip
PARTY_COLUMNS = ("slug", "name", "url", "commitments")
CHANGE_COLUMNS = (
    "sequence", "ref", "url", "title", "kind", "from_status", "status", "status_label", "reason", "effective_on",
    "recorded_at", "evidence", "review", "corrects",
)  # fmt: skip
