"""The whole record as one zip: CSV tables with a `datapackage.json` that describes them, a README and the licence."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from commitments.public import exporting

# The same record gives the same bytes: no file carries the time it was packed.
EPOCH = (1980, 1, 1, 0, 0, 0)
LICENCE_TEXT = (
    "The record is published under the Creative Commons Attribution 4.0 International licence (CC BY 4.0).\n"
    "You may share and adapt it, also commercially, if you give credit.\n"
    "https://creativecommons.org/licenses/by/4.0/legalcode\n"
)
# Columns that are not plain strings, by name.
TYPES = {
    "sequence": "integer", "corrects": "integer", "sentence": "integer", "value": "number", "baseline": "number",
    "goal": "number", "binding": "boolean", "is_primary": "boolean", "repeats_promise": "boolean",
    "recorded_at": "datetime",
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """One CSV of the package; `key` names its primary key, `refers` the tables that columns point at.

    Nothing is read before it is asked for: `count` is cheaper than the rows.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    read: Callable[[], Sequence[Mapping[str, Any]]]
    counted: Callable[[], int]
    key: tuple[str, ...] = ()
    refers: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @cached_property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        return self.read()

    @cached_property
    def count(self) -> int:
        return self.counted()


def kind(column: str) -> str:
    return TYPES.get(column, "date" if column.endswith("_on") or column == "on" else "string")


def resource(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [{"name": name, "type": kind(name)} for name in table.columns],
        "missingValues": [""],
    }
    if table.key:
        schema["primaryKey"] = list(table.key)
    if table.refers:
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": name, "fields": [field]}}
            for column, (name, field) in table.refers.items()
        ]
    return {
        "name": table.name,
        "title": table.title,
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "profile": "tabular-data-resource",
        "schema": schema,
    }


def descriptor(tables: Sequence[Table], *, site: str, site_url: str, as_of: date, head: str) -> dict[str, Any]:
    return {
        "name": "commitment-record",
        "profile": "tabular-data-package",
        "title": f"{site}: the record as of {as_of.isoformat()}",
        "homepage": f"{site_url}/data/",
        "version": as_of.isoformat(),
        "description": f"Promises, their statuses, evidence and measurements. Ledger head: {head}.",
        "licenses": [
            {"name": "CC-BY-4.0", "title": "CC BY 4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}
        ],
        "resources": [resource(table) for table in tables],
    }


def readme(tables: Sequence[Table], *, site: str, site_url: str, as_of: date, head: str) -> str:
    listed = "\n".join(f"- {table.name}.csv: {table.title} ({len(table.rows)} rows)" for table in tables)
    return (
        f"{site}: the record as of {as_of.isoformat()}\n\n{listed}\n\n"
        f"datapackage.json describes every column (Frictionless Data Package). Dates are ISO 8601, text is UTF-8.\n"
        f"A cell that a spreadsheet could take for a formula begins with an apostrophe.\n"
        f"Definitions: {site_url}/method/\nLedger: {site_url}/ledger.jsonl, head {head}\n\n{LICENCE_TEXT}"
    )


def pack(tables: Sequence[Table], *, site: str, site_url: str, as_of: date, head: str) -> bytes:
    facts = {"site": site, "site_url": site_url, "as_of": as_of, "head": head}
    files = {f"{table.name}.csv": exporting.as_csv(table.rows, table.columns) for table in tables}
    files["datapackage.json"] = json.dumps(descriptor(tables, **facts), ensure_ascii=False, indent=1)  # type: ignore[arg-type]
    files["README.txt"] = readme(tables, **facts)  # type: ignore[arg-type]
    files["LICENSE.txt"] = LICENCE_TEXT
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), text.encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()
