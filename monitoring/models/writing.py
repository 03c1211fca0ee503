"""Many rows with different values in one statement; the ORM's `bulk_update` costs thirty times as much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections, models

ROWS_A_STATEMENT = 500  # times sixteen columns: well below what either database takes
_PLAIN = {str, int, float, bool}


def update_rows(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]], using: str) -> int:
    """Each row is (primary key, then one value per name). Returns how many rows there were to change."""
    if not rows:
        return 0
    connection = connections[using]
    fields = [model._meta.pk, *(model._meta.get_field(name) for name in names)]
    quote = connection.ops.quote_name
    columns = ["pk", *(str(field.column) for field in fields[1:])]  # type: ignore[union-attr]
    table = quote(model._meta.db_table)
    changes = ", ".join(f"{quote(column)} = fresh.{quote(column)}" for column in columns[1:])
    line = "(" + ", ".join("%s" for _ in fields) + ")"
    first = "(" + ", ".join(_placeholder(field, connection) for field in fields) + ")"
    # names come from the model, values are parameters
    sql = (
        f"WITH fresh ({', '.join(map(quote, columns))}) AS (VALUES {', '.join([first, *[line] * (len(rows) - 1)])}) "
        f"UPDATE {table} SET {changes} FROM fresh WHERE {table}.{quote(str(model._meta.pk.column))} = fresh.pk"  # nosec B608
    )
    values = [_stored(field, value, connection) for row in rows for field, value in zip(fields, row, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def insert_rows(rows: Sequence[models.Model], using: str, *, skip_known: bool = False) -> None:
    """Unsaved rows of one model, five hundred a statement; their primary keys stay unknown.

    `skip_known` passes over rows that a unique constraint refuses.
    """
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        _insert(rows[start : start + ROWS_A_STATEMENT], connections[using], " ON CONFLICT DO NOTHING" * skip_known)


def _insert(rows: Sequence[models.Model], connection: Any, end: str) -> None:
    quote = connection.ops.quote_name
    fields = [field for field in rows[0]._meta.concrete_fields if not field.primary_key]
    line = "(" + ", ".join("%s" for _ in fields) + ")"
    columns = ", ".join(quote(str(field.column)) for field in fields)
    values = [_stored(field, getattr(row, field.attname), connection) for row in rows for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(  # names come from the model, values are parameters
            f"INSERT INTO {quote(rows[0]._meta.db_table)} ({columns}) VALUES {', '.join([line] * len(rows))}{end}",  # nosec B608
            values,
        )


def _stored(field: Any, value: Any, connection: Any) -> Any:
    """Text, numbers and nothing go to the database as they are; the rest as its field says."""
    return value if value is None or type(value) in _PLAIN else field.get_db_prep_save(value, connection)


def _placeholder(field: Any, connection: Any) -> str:
    """PostgreSQL takes the types of a VALUES list from its first row; SQLite must not cast."""
    if connection.vendor != "postgresql":
        return "%s"
    kind = field.rel_db_type(connection) if field.primary_key else field.db_type(connection)
    return f"CAST(%s AS {kind})"
