"""Many rows with different values in one statement; the ORM's `bulk_update` costs thirty times as much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models.sql import UpdateQuery

Row = TypeVar("Row", bound=models.Model)
Statement = tuple[str, list[Any]]

ROWS_A_STATEMENT = 500  # times sixteen columns: well below what either database takes
_PLAIN = {str, int, float, bool}


def updating(
    model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]], using: str
) -> list[Statement]:
    """Each row is (primary key, then one value per name)."""
    if not rows:
        return []
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
    return [
        (sql, [_stored(field, value, connection) for row in rows for field, value in zip(fields, row, strict=True)])
    ]


def inserting(rows: Sequence[models.Model], using: str, *, skip_known: bool = False) -> list[Statement]:
    """Unsaved rows of one model, five hundred a statement; their primary keys stay unknown.

    `skip_known` passes over rows that a unique constraint refuses.
    """
    end = " ON CONFLICT DO NOTHING" * skip_known
    parts = [rows[start : start + ROWS_A_STATEMENT] for start in range(0, len(rows), ROWS_A_STATEMENT)]
    return [_inserting(part, connections[using], end) for part in parts]


def _inserting(rows: Sequence[models.Model], connection: Any, end: str) -> Statement:
    quote = connection.ops.quote_name
    fields = [field for field in rows[0]._meta.concrete_fields if not field.primary_key]
    line = "(" + ", ".join("%s" for _ in fields) + ")"
    columns = ", ".join(quote(str(field.column)) for field in fields)
    values = [_stored(field, getattr(row, field.attname), connection) for row in rows for field in fields]
    table = quote(rows[0]._meta.db_table)
    # names come from the model, values are parameters
    return f"INSERT INTO {table} ({columns}) VALUES {', '.join([line] * len(rows))}{end}", values  # nosec B608


def changing(rows: models.QuerySet[Any], changes: Mapping[str, Any]) -> list[Statement]:
    """What `rows.update(**changes)` would say."""
    query = cast("UpdateQuery", rows.query.chain(UpdateQuery))
    query.add_update_values(dict(changes))
    sql, values = query.get_compiler(rows.db).as_sql()
    return [(sql, list(values))]


def write(statements: Sequence[Statement], using: str) -> None:
    """One round trip where the database takes changes of several tables at once, else one after the other."""
    connection = connections[using]
    if len(statements) > 1 and connection.vendor == "postgresql":
        parts = ", ".join(f"part{number} AS ({sql})" for number, (sql, _values) in enumerate(statements))
        statements = [(f"WITH {parts} SELECT 1", [value for _sql, values in statements for value in values])]
    with connection.cursor() as cursor:
        for sql, values in statements:
            cursor.execute(sql, values)


def change_picked(picked: models.QuerySet[Row], changes: Mapping[str, Any]) -> list[Row]:
    """Change the rows that a query picks and return them as they are then: one statement.

    Picked once, whatever the planner thinks: it may lock rows, and stop at a limit.
    """
    connection, options = connections[picked.db], picked.model._meta
    quote = connection.ops.quote_name
    try:
        inner, picks = picked.values("pk").query.get_compiler(picked.db).as_sql()
    except EmptyResultSet:
        return []
    fields = [options.get_field(name) for name in changes]
    sets = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)  # type: ignore[union-attr]
    values = [_stored(field, value, connection) for field, value in zip(fields, changes.values(), strict=True)]
    # names come from the model, values are parameters
    sql = (
        f"WITH picked (pk) AS MATERIALIZED ({inner}) UPDATE {quote(options.db_table)} SET {sets} "  # nosec B608
        f"WHERE {quote(str(options.pk.column))} IN (SELECT pk FROM picked) RETURNING *"
    )
    return list(picked.model._base_manager.db_manager(picked.db).raw(sql, [*picks, *values]))


def _stored(field: Any, value: Any, connection: Any) -> Any:
    """Text, numbers and nothing go to the database as they are; the rest as its field says."""
    return value if value is None or type(value) in _PLAIN else field.get_db_prep_save(value, connection)


def _placeholder(field: Any, connection: Any) -> str:
    """PostgreSQL takes the types of a VALUES list from its first row; SQLite must not cast."""
    if connection.vendor != "postgresql":
        return "%s"
    kind = field.rel_db_type(connection) if field.primary_key else field.db_type(connection)
    return f"CAST(%s AS {kind})"
