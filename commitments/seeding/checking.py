"""Every fault of a folder's entries: types, choices, references, duplicates. Plain data in, faults out."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from commitments import rules
from commitments.seeding.faults import Fault
from commitments.seeding.reading import Folder
from commitments.seeding.schema import FILES, RECORD, RECORD_FILE
from commitments.seeding.shapes import Field, Shape

SLUG = re.compile(r"[-a-zA-Z0-9_]+")
MAX_DIGITS = 16
Keys = dict[str, set[str]]


def shape_faults(folder: Folder) -> list[Fault]:
    """Faults that an entry shows by itself, and references to entries that are not there."""
    keys = _keys(folder)
    faults = list(_entry_faults(RECORD_FILE, "", RECORD, folder.head, keys)) if folder.head else []
    for file in FILES:
        for name, shape in file.lists.items():
            entries = folder.lists.get(name, [])
            for number, entry in enumerate(entries, start=1):
                faults += _entry_faults(file.name, label(shape, entry, f"{name} {number}"), shape, entry, keys)
            faults += _duplicates(file.name, name, shape, entries)
    return faults


def label(shape: Shape, entry: Any, otherwise: str) -> str:
    """How a fault names an entry: its identity, or its place in the list."""
    parts = [str(entry[name]) for name in shape.identity if isinstance(entry, dict) and entry.get(name) is not None]
    return " ".join(parts) or otherwise


def _keys(folder: Folder) -> Keys:
    lists = [(name, shape) for file in FILES for name, shape in file.lists.items() if len(shape.identity) == 1]
    return {
        name: {
            str(entry[shape.identity[0]])
            for entry in folder.lists.get(name, [])
            if isinstance(entry, dict) and shape.identity[0] in entry
        }
        for name, shape in lists
    }


def _entry_faults(
    file: str, entry_label: str, shape: Shape, entry: Any, keys: Keys, within: str = ""
) -> Iterator[Fault]:
    if not isinstance(entry, dict):
        yield Fault(file, f"must be an entry with named fields, not {_kind(entry)}.", entry_label, within.rstrip("."))
        return
    for name in entry:
        if name not in shape.by_name:
            yield Fault(file, f"unknown field; known are: {', '.join(shape.by_name)}.", entry_label, f"{within}{name}")
    for field in shape.fields:
        value = entry.get(field.name)
        place = f"{within}{field.name}"
        if value is None or value == "" or value == []:
            if field.required:
                yield Fault(file, "is required and missing.", entry_label, place)
            continue
        yield from _field_faults(file, entry_label, place, field, value, keys)


def _field_faults(file: str, entry: str, place: str, field: Field, value: Any, keys: Keys) -> Iterator[Fault]:
    if field.kind == "entry" and field.shape:
        yield from _entry_faults(file, entry, field.shape, value, keys, within=f"{place}.")
    elif field.kind in ("entries", "texts", "refs", "integers"):
        yield from _list_faults(file, entry, place, field, value, keys)
    else:
        problem = _SCALARS[field.kind](field, value) or _reference_problem(field, value, keys)
        if problem:
            yield Fault(file, problem, entry, place)


def _list_faults(file: str, entry: str, place: str, field: Field, value: Any, keys: Keys) -> Iterator[Fault]:
    if not isinstance(value, list):
        yield Fault(file, f"must be a list, not {_kind(value)}.", entry, place)
        return
    single = {"texts": "text", "refs": "ref", "integers": "integer"}.get(field.kind, "")
    for number, item in enumerate(value, start=1):
        if field.kind == "entries" and field.shape:
            name = f"{place}[{label(field.shape, item, str(number))}]."
            yield from _entry_faults(file, entry, field.shape, item, keys, within=name)
        else:
            problem = _SCALARS[single](field, item) or _reference_problem(field, item, keys)
            if problem:
                yield Fault(file, problem, entry, f"{place}[{number}]")
    if field.kind == "entries" and field.shape and field.shape.identity:
        yield from (
            Fault(file, item.problem, entry, f"{place}[{item.entry}]")
            for item in _duplicates(file, place, field.shape, value)
        )


def _duplicates(file: str, name: str, shape: Shape, entries: Iterable[Any]) -> Iterator[Fault]:
    for wanted in [
        shape.identity,
        *([["slug"]] if "slug" in shape.by_name and "ref" in shape.by_name and name == "commitments" else []),
    ]:
        seen: set[tuple[str, ...]] = set()
        for entry in entries:
            if not wanted or not isinstance(entry, dict):
                continue
            identity = tuple(str(entry.get(key)) for key in wanted)
            if identity in seen:
                yield Fault(
                    file, f"stands twice; {' and '.join(wanted)} must be unique.", label(shape, entry, name), wanted[0]
                )
            seen.add(identity)


def _reference_problem(field: Field, value: Any, keys: Keys) -> str:
    if field.to and str(value) not in keys.get(field.to, set()):
        return f"“{value}” is not among the {field.to} of this folder."
    return ""


def _kind(value: Any) -> str:
    names = {
        bool: "yes/no",
        int: "a number",
        float: "a number",
        str: "text",
        list: "a list",
        dict: "an entry",
        date: "a date",
        datetime: "a time",
        type(None): "nothing",
    }
    return names.get(type(value), type(value).__name__)


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        return f"must be text, not {_kind(value)} ({value}); put it in quotes."
    if any(ord(character) < 32 and character not in "\n\t" for character in value):
        return "holds control characters; remove them."
    if field.limit and len(value) > field.limit:
        return f"is {len(value)} characters long; at most {field.limit} fit."
    return ""


def _slug(field: Field, value: Any) -> str:
    return _text(field, value) or (
        "" if SLUG.fullmatch(value) else f"“{value}” may hold letters, digits and hyphens only."
    )


def _url(field: Field, value: Any) -> str:
    refusal = None if _text(field, value) else rules.url_refusal(value)
    return _text(field, value) or (refusal.message if refusal else "")


def _date(field: Field, value: Any) -> str:
    if type(value) is not date:
        return f"must be a day such as 2025-07-21, not {_kind(value)} ({value})."
    if not rules.EARLIEST_DATE <= value <= rules.LATEST_DATE:
        return f"{value} is outside 1900–2199; check the year."
    return ""


def _bool(field: Field, value: Any) -> str:
    return "" if isinstance(value, bool) else f"must be true or false, not {_kind(value)} ({value})."


def _number(field: Field, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"must be a number, not {_kind(value)} ({value})."
    return "" if abs(value) < 10**MAX_DIGITS else f"{value} is too large; at most {MAX_DIGITS} digits fit."


def _integer(field: Field, value: Any) -> str:
    ok = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 32768
    return "" if ok else f"must be a whole number from 1, not “{value}”."


def _choice(field: Field, value: Any) -> str:
    return "" if value in list(field.choices) else f"“{value}” is not known; choose one of: {', '.join(field.choices)}."


_SCALARS: dict[str, Callable[[Field, Any], str]] = {
    "text": _text,
    "ref": _text,
    "slug": _slug,
    "url": _url,
    "date": _date,
    "bool": _bool,
    "number": _number,
    "integer": _integer,
    "choice": _choice,
}
