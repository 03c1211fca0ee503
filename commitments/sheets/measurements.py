"""Measurements as a table: one row for each dated point."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from commitments.models import Evidence, Measurement, Series
from commitments.sheets import cells
from commitments.sheets.plans import Plan, Step, choice, day, figure, model_faults, text_of

COLUMNS = ("series", "commitment", "title", "unit", "measured_on", "value", "kind", "evidence", "note")
Key = tuple[str, date | None, str]


def rows() -> Iterator[dict[str, str]]:
    points = Measurement.objects.select_related("series__commitment", "evidence").order_by("series__ref", "on", "pk")
    for point in points.iterator(chunk_size=1000):
        yield {
            "series": point.series.ref,
            "commitment": point.series.commitment.ref,
            "title": point.series.title,
            "unit": point.series.unit,
            "measured_on": text_of(point.on),
            "value": text_of(point.value),
            "kind": point.kind,
            "evidence": point.evidence.ref if point.evidence else "",
            "note": point.note,
        }


class Planner:
    """Turns the rows of one file into a plan. A series itself is made in the admin, not here."""

    def __init__(self) -> None:
        self.series = {row.ref: row for row in Series.objects.select_related("commitment")}
        self.evidence = {row.ref: row for row in Evidence.objects.all()}
        self.points: dict[Key, list[Measurement]] = {}
        for point in Measurement.objects.select_related("series"):
            self.points.setdefault((point.series.ref, point.on, point.kind), []).append(point)

    def plan(self, text: str) -> Plan:
        rows_read = cells.read(text, COLUMNS)
        alike = Counter((row["series"], row["measured_on"], row["kind"]) for _, row in rows_read)
        seen: Counter[tuple[str, ...]] = Counter()
        steps = []
        for line, row in rows_read:
            identity = (row["series"], row["measured_on"], row["kind"], row["value"])
            seen[identity] += 1
            alone = alike[identity[:3]] == 1
            steps.append(self._step(line, row, alone=alone, again=seen[identity] > 1))
        return Plan(steps)

    def _step(self, line: int, row: Mapping[str, str], *, alone: bool, again: bool) -> Step:
        step = Step(line, f"{row['series']} {row['measured_on']}")
        series = self._series(row, step)
        on = day(row["measured_on"], step.faults, "measured_on")
        value = figure(row["value"], step.faults, "value")
        kind = choice(row["kind"], Measurement.Kind.values, step.faults, "kind")
        if again:
            step.faults.append("This point stands twice in the file.")
        if not step.faults and (value is None) != (kind == Measurement.Kind.NOT_FOUND):
            step.faults.append("value: a point has a value unless its kind is not_found, which has none.")
        values = {"value": value, "evidence": self._evidence(row, step), "note": row["note"].strip()}
        if series is None or on is None or step.faults:
            return step
        point = self._stored((series.ref, on, kind), value, alone) or Measurement(series=series, on=on, kind=kind)
        step.is_new = point.pk is None
        if point.pk:
            step.compare(point, values)
        step.faults += model_faults(Measurement(series=series, on=on, kind=kind, **values))
        step.apply = lambda: _write(point, values)
        return step

    def _series(self, row: Mapping[str, str], step: Step) -> Series | None:
        series = self.series.get(row["series"])
        if series is None:
            step.faults.append(f"series: there is no “{row['series']}”; make the series in the admin first.")
            return None
        for column, stored in (("commitment", series.commitment.ref), ("title", series.title), ("unit", series.unit)):
            if row[column] != stored:
                step.faults.append(f"{column}: the series has “{stored}”; change that on the series itself.")
        return series

    def _evidence(self, row: Mapping[str, str], step: Step) -> Evidence | None:
        ref = row["evidence"].strip()
        if ref and ref not in self.evidence:
            step.faults.append(f"evidence: there is no {ref}.")
        return self.evidence.get(ref)

    def _stored(self, key: Key, value: Decimal | None, alone: bool) -> Measurement | None:
        """The same point, or the only one of that day and kind, whose value the file then corrects."""
        stored = self.points.get(key, [])
        exact = next((point for point in stored if point.value == value), None)
        return exact or (stored[0] if alone and len(stored) == 1 else None)


def _write(point: Measurement, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(point, name, value)
    point.save()
