"""Evidence as a table: one row for each piece and the commitment it bears on."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from commitments.models import Commitment, Evidence, EvidenceLink
from commitments.models.proof import make_ref
from commitments.sheets import cells
from commitments.sheets.plans import Plan, Step, choice, day, model_faults, text_of, yes
from commitments.status import Act, Precision, Stance, Tier

TEXTS = ("title", "url", "publisher", "fact", "quote")
COLUMNS = (
    "ref",
    "title",
    "url",
    "publisher",
    "published_on",
    "date_precision",
    "tier",
    "origin",
    "fact",
    "quote",
    "read_at",
    "commitment",
    "stance",
    "act",
    "repeats_promise",
    "note",
)


def rows() -> Iterator[dict[str, str]]:
    """Every piece with every link; a piece without links has one row."""
    for item in Evidence.objects.prefetch_related("links__commitment").order_by("ref").iterator(chunk_size=500):
        own = {name: text_of(getattr(item, name)) for name in COLUMNS[:10]} | {"read_at": item.read_at_place}
        links = sorted(item.links.all(), key=lambda link: link.commitment.ref)
        yield from ({**own, **_link_cells(link)} for link in links)
        if not links:
            yield {**own, **dict.fromkeys(COLUMNS[11:], "")}


def _link_cells(link: EvidenceLink) -> dict[str, str]:
    names = ("stance", "act", "repeats_promise", "note")
    return {"commitment": link.commitment.ref} | {name: text_of(getattr(link, name)) for name in names}


class Planner:
    """Turns the rows of one file into a plan; knows what the file itself brings, so order does not matter."""

    def __init__(self, *, by: User, now: datetime) -> None:
        self.by, self.now = by, now
        self.known = {item.ref: item for item in Evidence.objects.all()}
        self.by_url = {item.url: item for item in self.known.values() if item.url}
        self.commitments = {row.ref: row for row in Commitment.objects.all()}
        self.links = {
            (link.evidence.ref, link.commitment_id): link for link in EvidenceLink.objects.select_related("evidence")
        }
        self.seen: dict[str, dict[str, Any]] = {}

    def plan(self, text: str) -> Plan:
        return Plan([self._step(line, row) for line, row in cells.read(text, COLUMNS)])

    def _step(self, line: int, row: Mapping[str, str]) -> Step:
        step = Step(line, row["ref"] or row["title"])
        item, values = self._piece(row, step)
        link, link_values = self._link(row, item, step)
        step.apply = lambda: self._write(item, values, link, link_values)
        return step

    def _piece(self, row: Mapping[str, str], step: Step) -> tuple[Evidence, dict[str, Any]]:
        values: dict[str, Any] = {name: row[name].strip() for name in TEXTS}
        values["published_on"] = day(row["published_on"], step.faults, "published_on")
        values["date_precision"] = choice(row["date_precision"], Precision.values, step.faults, "date_precision")
        values["tier"] = choice(row["tier"], Tier.values, step.faults, "tier")
        values["read_at_place"] = row["read_at"].strip()
        ref = row["ref"].strip() or (
            make_ref(published_on=values["published_on"], url=values["url"], title=values["title"])
            if values["published_on"]
            else ""
        )
        values["origin"] = row["origin"].strip() or ref
        self._same_piece_twice(ref, values, step)
        twin = self.by_url.get(values["url"])
        item = self.known.get(ref) or Evidence(ref=ref, added_at=self.now, added_by=self.by)
        if twin is not None and twin.ref != ref and item.pk is None:
            step.faults.append(f"url: this address is known as {twin.ref}; use that ref, or leave the piece out.")
        return self._judge(item, values, step), values

    def _same_piece_twice(self, ref: str, values: dict[str, Any], step: Step) -> None:
        if self.seen.setdefault(ref, values) != values:
            step.faults.append(f"ref: {ref} stands in an earlier row with other words; make them the same.")

    def _judge(self, item: Evidence, values: dict[str, Any], step: Step) -> Evidence:
        step.is_new = item.pk is None
        if not step.is_new:
            step.compare(item, values)
        if not step.faults:
            trial = Evidence(ref=item.ref, added_at=self.now, **values)
            step.faults += model_faults(trial, exclude=["added_by"])
        return item

    def _link(self, row: Mapping[str, str], item: Evidence, step: Step) -> tuple[EvidenceLink | None, dict[str, Any]]:
        ref = row["commitment"].strip()
        if not ref:
            return None, {}
        commitment = self.commitments.get(ref)
        if commitment is None:
            step.faults.append(f"commitment: there is no {ref}.")
            return None, {}
        values = {
            "stance": choice(row["stance"], Stance.values, step.faults, "stance"),
            "act": choice(row["act"], Act.values, step.faults, "act"),
            "repeats_promise": yes(row["repeats_promise"], step.faults, "repeats_promise"),
            "note": row["note"].strip(),
        }
        link = self.links.get((item.ref, commitment.pk))
        step.is_new = step.is_new or link is None
        if link:
            step.compare(link, values)
        return link or EvidenceLink(commitment=commitment, added_at=self.now), values

    def _write(
        self, item: Evidence, values: dict[str, Any], link: EvidenceLink | None, link_values: dict[str, Any]
    ) -> None:
        stored = Evidence.objects.filter(ref=item.ref).first() or item
        for name, value in values.items():
            setattr(stored, name, value)
        stored.save()
        if link is not None:
            link.evidence = stored
            for name, value in link_values.items():
                setattr(link, name, value)
            link.save()
            link.commitment.refresh_last_seen()
