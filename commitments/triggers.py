"""Database triggers that keep published rows as they were published.

Installed after every migration on SQLite and PostgreSQL. `remove` exists for
the one legitimate case, emptying a throw-away database.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

APPEND_ONLY_TABLES = (
    "commitments_statuschange",
    "commitments_statuschange_evidence",
    "commitments_revision",
)
MESSAGE = "published rows are append-only: publish a correction instead"

_POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION commitments_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$
"""


def install(connection: BaseDatabaseWrapper) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE on the append-only tables that exist. Safe to repeat."""
    statements = [_POSTGRESQL_FUNCTION] if connection.vendor == "postgresql" else []
    for table in _present(connection):
        statements += _create(connection.vendor, table)
    _run(connection, statements)


def remove(connection: BaseDatabaseWrapper) -> None:
    statements = []
    for table in _present(connection):
        suffix = f" ON {table}" if connection.vendor == "postgresql" else ""
        statements += [f"DROP TRIGGER IF EXISTS {name}{suffix}" for name in _names(connection.vendor, table)]
    _run(connection, statements)


def install_after_migrate(*, using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`: SQLite rebuilds tables in migrations and drops their triggers with them."""
    from django.db import connections

    install(connections[using])


def _names(vendor: str, table: str) -> list[str]:
    events = ("update", "delete") if vendor == "sqlite" else ("change", "truncate")
    return [f"{table}_no_{event}" for event in events]


def _create(vendor: str, table: str) -> list[str]:
    first, second = _names(vendor, table)
    if vendor == "sqlite":
        body = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        return [
            f"CREATE TRIGGER IF NOT EXISTS {first} BEFORE UPDATE ON {table} {body}",
            f"CREATE TRIGGER IF NOT EXISTS {second} BEFORE DELETE ON {table} {body}",
        ]
    call = "EXECUTE FUNCTION commitments_append_only()"
    return [
        f"CREATE OR REPLACE TRIGGER {first} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {call}",
        f"CREATE OR REPLACE TRIGGER {second} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}",
    ]


def _present(connection: BaseDatabaseWrapper) -> list[str]:
    existing = set(connection.introspection.table_names())
    return [table for table in APPEND_ONLY_TABLES if table in existing]


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
