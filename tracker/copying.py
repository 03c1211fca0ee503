"""Every row of one database into another, empty one, and the proof that both hold the same.

Knows tables and rows, nothing of what they mean. All or nothing: one transaction, compared before it is committed.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connections, models, transaction

from tracker import environment

Model = type[models.Model]
Say = Callable[[str], None]

CHUNK = 1000  # rows in memory at a time
# Migrations fill these; the copy replaces their rows, so that every number stays what it was.
FILLED_BY_MIGRATIONS = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}
NOT_OURS_TO_COPY = {"django_migrations", "sqlite_sequence"}
ROOM_OF_A_FINGERPRINT = 2**256


class CannotCopy(Exception):
    """The message says what is in the way and what to do. The target is as it was before."""


@dataclass(frozen=True)
class Content:
    """What a table holds: the fingerprint does not depend on the order of rows or on the kind of database."""

    table: str
    rows: int
    fingerprint: int


def name_database(alias: str, url: str) -> str:
    """Make the database at `url` known to Django under `alias`."""
    databases = {"default": {}, alias: environment.database_at(url, "the address")}
    connections.settings[alias] = connections.configure_settings(databases)[alias]
    return alias


def forget_database(alias: str) -> None:
    connections[alias].close()
    del connections[alias]
    del connections.settings[alias]


def prepare_target(alias: str) -> None:
    """Refuse a database that holds anything, then bring it to the schema of this code."""
    try:
        present = set(connections[alias].introspection.table_names())
    except DatabaseError as error:
        raise CannotCopy(f"The target does not answer: {_first_line(error)}") from error
    strange = present - {model._meta.db_table for model in in_order()} - NOT_OURS_TO_COPY
    if strange:
        raise CannotCopy(f"The target holds tables of something else ({min(strange)} …): give an empty database.")
    for model in in_order():
        table = model._meta.db_table
        if table in present - FILLED_BY_MIGRATIONS and model._base_manager.using(alias).exists():
            raise CannotCopy(f"The target is not empty: {table} holds rows. Give an empty database; nothing was done.")
    call_command("migrate", database=alias, verbosity=0, interactive=False)


def copy(source: str, target: str, say: Say) -> list[Content]:
    """Copy every table, compare what arrived row by row, and only then keep it."""
    try:
        with snapshot(source), transaction.atomic(using=target):
            _empty(target)
            copied = [_copy_table(model, source, target, say) for model in in_order()]
            _reset_sequences(target)
            _compare(copied, target)
        return copied
    except DatabaseError as error:
        raise CannotCopy(f"{_first_line(error)} Nothing was kept.") from error


def contents(alias: str) -> list[Content]:
    return [_content(model, _rows(model, alias)) for model in in_order()]


def differences(left: list[Content], right: list[Content]) -> list[str]:
    there = {content.table: content for content in right}
    return [
        f"{one.table}: {one.rows} rows here, {there[one.table].rows} there"
        + (", but not the same" if one.rows == there[one.table].rows else "")
        for one in left
        if one != there[one.table]
    ]


@contextlib.contextmanager
def snapshot(alias: str) -> Iterator[None]:
    """What is read inside is the state of one moment, and writers need not wait for it."""
    connection = connections[alias]
    if connection.vendor != "sqlite":
        with transaction.atomic(using=alias), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")  # Django's own transactions on SQLite would take the lock of a writer
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def in_order() -> list[Model]:
    """Every table; what is pointed at comes first as far as circles allow (foreign keys are checked at the end)."""
    waiting = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]
    ordered: list[Model] = []
    while waiting:
        ready = next((m for m in waiting if not _needs(m) & set(waiting)), waiting[0])
        waiting.remove(ready)
        ordered.append(ready)
    return ordered


def _needs(model: Model) -> set[Any]:
    return {field.related_model for field in model._meta.local_concrete_fields if field.remote_field} - {model}


def _empty(alias: str) -> None:
    with connections[alias].cursor() as cursor:
        for model in reversed(in_order()):
            if model._meta.db_table in FILLED_BY_MIGRATIONS:
                cursor.execute(f"DELETE FROM {connections[alias].ops.quote_name(model._meta.db_table)}")  # nosec B608


def _copy_table(model: Model, source: str, target: str, say: Say) -> Content:
    content = _content(model, _passing_into(target, model, _rows(model, source), say))
    if content.rows:
        say(f"{content.table}: {content.rows:,}")
    return content


def _passing_into(target: str, model: Model, rows: Iterator[models.Model], say: Say) -> Iterator[models.Model]:
    """Insert what passes by, as it is: no `save`, no `auto_now`, no signal."""
    fields, manager = model._meta.local_concrete_fields, model._base_manager.using(target)
    most = connections[target].ops.bulk_batch_size(fields, [None] * CHUNK)
    done = 0
    while chunk := list(islice(rows, min(CHUNK, most))):
        try:
            manager._insert(chunk, fields=fields, using=target, raw=True)  # type: ignore[attr-defined]
        except (DatabaseError, ValueError) as error:
            where = f"{model._meta.db_table}, rows {chunk[0].pk} to {chunk[-1].pk}"
            raise CannotCopy(f"{where}: {_first_line(error)} Mend the row, then copy again.") from error
        yield from chunk
        done += len(chunk)
        if done % (20 * CHUNK) == 0:
            say(f"{model._meta.db_table}: {done:,} …")


def _rows(model: Model, alias: str) -> Iterator[models.Model]:
    return model._base_manager.using(alias).order_by("pk").iterator(chunk_size=CHUNK)


def _content(model: Model, rows: Iterator[models.Model]) -> Content:
    names = [field.attname for field in model._meta.local_concrete_fields]
    count = total = 0
    for row in rows:
        count += 1
        values = json.dumps([getattr(row, name) for name in names], default=str, sort_keys=True)
        total = (total + int.from_bytes(hashlib.sha256(values.encode()).digest(), "big")) % ROOM_OF_A_FINGERPRINT
    return Content(model._meta.db_table, count, total)


def _reset_sequences(alias: str) -> None:
    """The next new row gets a number that no copied row has."""
    with connections[alias].cursor() as cursor:
        for statement in connections[alias].ops.sequence_reset_sql(no_style(), in_order()):
            cursor.execute(statement)


def _compare(copied: list[Content], alias: str) -> None:
    wrong = differences(copied, contents(alias))
    if wrong:
        raise CannotCopy(f"The copy is not the same and was not kept: {'; '.join(wrong)}")


def _first_line(error: Exception) -> str:
    said = str(error).strip().splitlines()
    return f"{said[0] if said else type(error).__name__}."
