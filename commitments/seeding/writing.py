"""Entries into rows, one kind after the other, in the order they refer to each other."""

from collections.abc import Mapping
from datetime import datetime
from itertools import zip_longest
from typing import Any

from django.db import models

from commitments.models import (
    Agreement,
    Claim,
    Commitment,
    Conflict,
    Criterion,
    Evidence,
    EvidenceLink,
    Measurement,
    Milestone,
    Organisation,
    OrganisationName,
    Reading,
    Revision,
    SearchRecord,
    Sector,
    Series,
    SourceDocument,
    Succession,
    Target,
    Wording,
)
from commitments.seeding import values as values_of
from commitments.seeding.reading import Folder
from commitments.seeding.reporting import Report
from commitments.seeding.schema import COMMITMENT
from commitments.status import Life, Precision

# Kinds of field that are rows of their own, not columns of a commitment.
NOT_COLUMNS = ("ref", "refs", "entry", "entries", "texts")
OWN = ("ref", "life")
COMMITMENT_FIELDS = [
    field.name for field in COMMITMENT.fields if field.kind not in NOT_COLUMNS and field.name not in OWN
]
# Rows that stand on the page of a commitment and keep their edits.
PARTS = (Wording, Criterion, Target, Conflict, Milestone)


class Writer:
    """Writes one folder. `update` decides whether entries that exist and differ take the folder's values."""

    def __init__(self, folder: Folder, *, report: Report, now: datetime, update: bool) -> None:
        self.folder, self.report, self.now, self.update = folder, report, now, update
        self.lists = folder.lists
        # Commitments that this very run makes: what is written with them is their beginning, no edit.
        self.fresh: set[int] = set()

    def write(self) -> None:
        self._parties()
        self._documents()
        self._commitments()
        self._evidence()
        self._series()
        self._claims()

    def _put(
        self, kind: str, model: type[models.Model], key: Mapping[str, Any], values: Mapping[str, Any]
    ) -> tuple[Any, bool]:
        """The row with that key and whether it is new; an existing one changes only on update."""
        row = model._default_manager.filter(**key).first()
        if row is None:
            self.report.added[kind] += 1
            made = model._default_manager.create(**key, **values)
            self._note(made, "")
            return made, True
        different = [name for name, value in values.items() if getattr(row, name) != value]
        if different and self.update:
            self._change(row, {name: values[name] for name in different})
            self.report.updated[kind] += 1
        elif different:
            self.report.kept.append(f"{', '.join(different)} of {kind} “{row}”")
        return row, False

    def _change(self, row: models.Model, values: Mapping[str, Any]) -> None:
        if isinstance(row, Commitment) and row.life == Life.PUBLISHED:
            row.revise(values, reason=self._reason, by=None, now=self.now)
            return
        before = values_of.told_before({name: getattr(row, name) for name in values})
        for name, value in values.items():
            setattr(row, name, value)
        row.full_clean()
        row.save()
        self._note(row, before)

    def _note(self, row: models.Model, before: str) -> None:
        """Keep the edit of a part of a public page as the desk does, so that the page can be read as of a day."""
        commitment = row.commitment if isinstance(row, PARTS) else None
        if isinstance(row, Reading):
            commitment = row.conflict.commitment
        if commitment and commitment.life == Life.PUBLISHED and commitment.pk not in self.fresh:
            self._record(commitment, f"{row._meta.verbose_name} {row.pk}", before, str(row))

    def _record(self, commitment: Commitment, subject: str, before: str, after: str) -> None:
        told = {"subject": subject, "before": before, "after": after}
        Revision.objects.record(commitment, **told, reason=self._reason, by=None, now=self.now)

    @property
    def _reason(self) -> str:
        return f"Version {self.folder.sha256[:12]} of the record “{self.folder.name}” was loaded."

    def _parties(self) -> None:
        for entry in self.lists["organisations"]:
            row, new = self._put(
                "organisations",
                Organisation,
                {"slug": entry["slug"]},
                values_of.pick(entry, "name short_name kind note url") | values_of.pick(entry, "ended_on", empty=None),
            )
            if new or self.update:
                for name in entry.get("names", []):
                    self._put(
                        "names",
                        OrganisationName,
                        {"organisation": row, "name": name["name"]},
                        values_of.pick(name, "from_on until_on", empty=None),
                    )
                for item in entry.get("successions", []):
                    self._put("successions", Succession, {"organisation": row, **item}, {})
        for entry in self.lists["sectors"]:
            self._put("sectors", Sector, {"slug": entry["slug"]}, {"name": entry["name"]})
        for entry in self.lists["agreements"]:
            row, new = self._put(
                "agreements", Agreement, {"slug": entry["slug"]}, values_of.pick(entry, "title signed_on binding note")
            )
            if new:
                row.parties.set(Organisation.objects.filter(slug__in=entry["parties"]))

    def _documents(self) -> None:
        for entry in self.lists["documents"]:
            values = values_of.pick(entry, "kind title publisher published_on url read_as note") | {
                "date_precision": entry.get("date_precision", Precision.DAY),
                "sentence_count": entry.get("sentences"),
            }
            self._put("source documents", SourceDocument, {"ref": entry["ref"]}, values)
        self.documents = {row.ref: row for row in SourceDocument.objects.all()}

    def _commitments(self) -> None:
        fresh: dict[str, tuple[Commitment, bool]] = {}
        for entry in self.lists["commitments"]:
            fresh[entry["ref"]] = self._commitment(entry)
        for entry in self.lists["commitments"]:
            row, new = fresh[entry["ref"]]
            if new and entry.get("parent"):
                Commitment.objects.filter(pk=row.pk).update(parent=fresh[entry["parent"]][0])
            if new or self.update:
                self._children(row, entry)

    def _commitment(self, entry: dict[str, Any]) -> tuple[Commitment, bool]:
        values = {name: entry.get(name, values_of.default(name)) for name in COMMITMENT_FIELDS}
        values["agreement"] = Agreement.objects.get(slug=entry["agreement"])
        values["watch_terms"] = "\n".join(entry.get("watch_terms", []))
        row, new = self._put("commitments", Commitment, {"ref": entry["ref"]}, values)
        if new:
            self.fresh.add(row.pk)
            row.owners.set(Organisation.objects.filter(slug__in=entry["owners"]))
            row.sectors.set(Sector.objects.filter(slug__in=entry.get("sectors", [])))
            if entry["life"] == Life.PUBLISHED:
                row.publish(now=self.now)
        elif self.update:
            for name in ("owners", "sectors"):
                self._filed_under(row, name, sorted(entry.get(name, [])))
        return row, new

    def _filed_under(self, row: Commitment, name: str, after: list[str]) -> None:
        """Who owes it, or which sectors it stands under: the folder's slugs in the place of the present ones."""
        parties = getattr(row, name)
        before = sorted(parties.values_list("slug", flat=True))
        if before != after:
            if row.life == Life.PUBLISHED:
                self._record(row, name, ", ".join(before), ", ".join(after))
            parties.set(parties.model.objects.filter(slug__in=after))
            self.report.updated[name] += 1

    def _children(self, row: Commitment, entry: dict[str, Any]) -> None:
        for wording in entry["wordings"]:
            key = {
                "commitment": row,
                "document": self.documents[wording["document"]],
                "sentence": wording.get("sentence", 0),
            }
            self._put(
                "wordings",
                Wording,
                key,
                values_of.pick(wording, "firmness hedge paraphrase") | {"is_primary": wording.get("primary", False)},
            )
        for kind, texts in entry.get("criteria", {}).items():
            for order, text in enumerate(texts, start=1):
                self._put("criteria", Criterion, {"commitment": row, "kind": kind, "text": text}, {"order": order})
        for target in entry.get("targets", []):
            self._target(row, target)
        for conflict in entry.get("conflicts", []):
            self._conflict(row, conflict)

    def _target(self, row: Commitment, entry: dict[str, Any]) -> None:
        values = {name: values_of.figure(entry.get(name)) for name in ("baseline", "value")}
        values |= values_of.pick(entry, "baseline_on due_on", empty=None) | values_of.pick(entry, "note")
        values |= {"is_headline": entry.get("headline", False), "set_later": entry.get("set_later", False)}
        self._put("targets", Target, {"commitment": row, "unit": entry["unit"], "value": values.pop("value")}, values)

    def _conflict(self, row: Commitment, entry: dict[str, Any]) -> None:
        conflict, new = self._put(
            "conflicts",
            Conflict,
            {"commitment": row, "point": entry["point"]},
            values_of.pick(entry, "subject state detail resolution"),
        )
        if new or self.update:
            self._readings(conflict, entry["readings"])

    def _readings(self, conflict: Conflict, entries: list[dict[str, Any]]) -> None:
        """The sides in their order: one document may speak twice, and several may be unnamed."""
        for known, entry in zip_longest(conflict.readings.all(), entries):
            if entry is None:
                continue
            document = self.documents.get(entry.get("document", ""))
            values = {"document": document, "value": entry["value"]}
            key, values = ({"pk": known.pk}, values) if known else ({"conflict": conflict, **values}, {})
            self._put("readings", Reading, key, values)

    def _evidence(self) -> None:
        rows = {
            row.ref: row for row in Commitment.objects.filter(ref__in=[c["ref"] for c in self.lists["commitments"]])
        }
        for entry in self.lists["evidence"]:
            values = values_of.pick(entry, "title url publisher published_on date_precision tier fact quote")
            values |= {"origin": entry.get("origin") or entry["ref"], "read_at_place": entry.get("read_at", "")}
            known = Evidence.objects.filter(ref=entry["ref"]).exists()
            new_fields = {} if known else {"added_at": self.now, "imported": True}
            evidence, new = self._put("evidence", Evidence, {"ref": entry["ref"]}, values | new_fields)
            for link in entry["links"] if new or self.update else []:
                self._link(evidence, rows[link["commitment"]], link)
        self._milestones(rows)
        self._searches(rows)

    def _link(self, evidence: Evidence, commitment: Commitment, entry: dict[str, Any]) -> None:
        values = values_of.pick(entry, "stance act note") | {"repeats_promise": entry.get("repeats_promise", False)}
        known = EvidenceLink.objects.filter(evidence=evidence, commitment=commitment).exists()
        self._put(
            "links",
            EvidenceLink,
            {"evidence": evidence, "commitment": commitment},
            values if known else values | {"added_at": self.now},
        )

    def _milestones(self, rows: dict[str, Commitment]) -> None:
        for entry in self.lists["commitments"]:
            for order, step in enumerate(entry.get("milestones", []), start=1):
                values = values_of.pick(step, "due_on reached_on", empty=None) | {"order": order}
                values["evidence"] = Evidence.objects.filter(ref=step.get("evidence", "")).first()
                self._put("milestones", Milestone, {"commitment": rows[entry["ref"]], "title": step["title"]}, values)

    def _searches(self, rows: dict[str, Commitment]) -> None:
        for entry in self.lists["search_records"]:
            key = {"commitment": rows[entry["commitment"]], "searched_on": entry["searched_on"]}
            self._put("search records", SearchRecord, key, values_of.pick(entry, "sources terms result"))

    def _series(self) -> None:
        for entry in self.lists["series"]:
            commitment = Commitment.objects.get(ref=entry["commitment"])
            goal = values_of.figure(entry.get("goal"))
            values = {"commitment": commitment, "baseline": values_of.figure(entry.get("baseline")), "goal": goal}
            values |= values_of.pick(entry, "title unit note")
            row, new = self._put("series", Series, {"ref": entry["ref"]}, values)
            if new and goal is not None:
                row.target = commitment.targets.filter(value=goal).first()
                row.save(update_fields=["target"])
            for point in entry["points"] if new or self.update else []:
                self._point(row, point)

    def _point(self, series: Series, entry: dict[str, Any]) -> None:
        key = {
            "series": series,
            "on": entry["measured_on"],
            "kind": entry["kind"],
            "value": values_of.figure(entry.get("value")),
        }
        evidence = Evidence.objects.filter(ref=entry.get("evidence", "")).first()
        self._put("measurements", Measurement, key, values_of.pick(entry, "note") | {"evidence": evidence})

    def _claims(self) -> None:
        for entry in self.lists["claims"]:
            values = values_of.pick(entry, "statement value claimant note")
            values |= {
                "agreement": Agreement.objects.get(slug=entry["agreement"]),
                "contested": entry.get("contested", False),
            }
            row, new = self._put("claims", Claim, {"ref": entry["ref"]}, values)
            if new:
                row.documents.set([self.documents[place["document"]] for place in entry["said_in"]])
