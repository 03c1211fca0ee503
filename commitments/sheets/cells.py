"""Rows to CSV text and back, so that a spreadsheet never runs what somebody else wrote.

A cell that a spreadsheet would take for a formula gets an apostrophe in front;
reading takes exactly that one away again, so text survives the round trip.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
MAX_ROWS = 20_000
BOM = "\ufeff"


class Unreadable(ValueError):
    """The text is no table with the columns asked for."""


def escape(cell: str) -> str:
    return f"'{cell}" if _looks_dangerous(cell.lstrip("'")) else cell


def unescape(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _looks_dangerous(cell.lstrip("'")) else cell


def _looks_dangerous(cell: str) -> bool:
    return cell.lstrip(" ").startswith(TRIGGERS)


class _Line:
    """A file that hands back what was written, so that rows can be streamed."""

    def write(self, text: str) -> str:
        return text


def lines(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """CSV, line by line, with a header."""
    writer = csv.writer(_Line())
    yield BOM + writer.writerow(columns)
    for row in rows:
        yield writer.writerow([escape(row[name]) for name in columns])


def read(text: str, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """`(line number, row)` of every row; columns may come in any order, unknown or missing ones are refused."""
    reader = csv.DictReader(io.StringIO(text.removeprefix(BOM), newline=""), strict=True)
    try:
        header = [name.strip() for name in reader.fieldnames or []]
        _check_header(header, columns)
        reader.fieldnames = header
        rows = [(reader.line_num, _row(raw, reader.line_num)) for raw in reader]
    except csv.Error as error:
        raise Unreadable(f"Line {reader.line_num}: {error}.") from error
    if len(rows) > MAX_ROWS:
        raise Unreadable(f"The file has {len(rows)} rows; {MAX_ROWS} are taken at a time.")
    return rows


def _check_header(header: Sequence[str], columns: Sequence[str]) -> None:
    missing, unknown = sorted(set(columns) - set(header)), sorted(set(header) - set(columns))
    doubled = sorted({name for name in header if header.count(name) > 1})
    if missing or unknown or doubled:
        parts = [
            f"{word}: {', '.join(names)}"
            for word, names in (("missing", missing), ("unknown", unknown), ("twice", doubled))
            if names
        ]
        raise Unreadable(f"The first line must name the columns of an export; {'; '.join(parts)}.")


def _row(raw: Mapping[str | None, str | list[str] | None], number: int) -> dict[str, str]:
    if None in raw or any(value is None for value in raw.values()):
        raise Unreadable(f"Line {number} has more or fewer cells than the first line.")
    return {str(name): unescape(str(value)) for name, value in raw.items()}
