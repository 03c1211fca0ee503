"""A cursor for one short writing statement again and again: straight through libpq, or through SQLite's own.

psycopg takes three times the processor time of libpq for what is asked once a letter, most of it to be ready for
results and types that such a statement has none of. Nothing is prepared on the server: a pooler between is no trouble.
On SQLite the same statement need not be translated each time. Moments are given as aware datetimes.
"""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any, cast

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

if TYPE_CHECKING:
    from psycopg import Connection


def cursor(line: BaseDatabaseWrapper) -> CursorWrapper:
    """One of Django's, hooks and errors as ever. Inside a transaction it is the usual one: psycopg begins that."""
    if line.vendor == "postgresql" and line.get_autocommit():
        line.ensure_connection()
        return line.make_cursor(cast(CursorWrapper, _Libpq(line.connection)))
    if line.vendor == "sqlite":
        line.ensure_connection()
        return line.make_cursor(cast(CursorWrapper, _Sqlite(line.connection)))
    return line.cursor()


class _Libpq:
    """As much of a cursor as a statement without rows needs. Values go as text, their types the server infers."""

    def __init__(self, line: "Connection[Any]") -> None:
        self._line, self.rowcount = line, 0

    def execute(self, statement: str, values: Sequence[object]) -> None:
        from psycopg import errors, pq

        texts = [None if value is None else str(value).encode() for value in values]
        with self._line.lock:
            result = self._line.pgconn.exec_params(_numbered(statement), texts)
        if result.status != pq.ExecStatus.COMMAND_OK:
            raise errors.error_from_result(result)
        self.rowcount = result.command_tuples or 0

    def close(self) -> None:
        """Nothing is held."""


class _Sqlite:
    """Moments go as Django writes them there: in UTC, without saying so."""

    def __init__(self, line: sqlite3.Connection) -> None:
        self._cursor = line.cursor(sqlite3.Cursor)
        self.close = self._cursor.close

    def execute(self, statement: str, values: Sequence[object]) -> None:
        self._cursor.execute(_marked(statement), [_plain(value) for value in values])

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount


def _plain(value: Any) -> Any:
    return str(value.astimezone(UTC).replace(tzinfo=None)) if isinstance(value, datetime) else value


@lru_cache(maxsize=8)
def _marked(statement: str) -> str:
    return statement.replace("%s", "?")


@lru_cache(maxsize=8)
def _numbered(statement: str) -> bytes:
    """`%s` in the words of PostgreSQL: `$1`, `$2` and so on."""
    first, *rest = statement.split("%s")
    return "".join([first, *(f"${number}{part}" for number, part in zip(count(1), rest))]).encode()
