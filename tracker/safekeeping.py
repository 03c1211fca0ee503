"""Backing up, restoring, moving up to a larger database: the order of steps, and the proof at the end.

A backup is one SQLite file whatever the installation runs on: any SQLite tool opens it, and so does
`DATABASE_URL=sqlite:////path manage.py …`.
"""

import contextlib
import io
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from tracker import copying, rooms
from tracker.copying import CannotCopy, Content, Say

SQLITE_BEGINS = b"SQLite format 3\0"


@dataclass(frozen=True)
class Proof:
    """What the copy holds."""

    tables: list[Content]
    head: str

    def __str__(self) -> str:
        rows = sum(table.rows for table in self.tables)
        return f"{len(self.tables)} tables, {rows:,} rows. Ledger head {self.head}, verified."


def move(url: str, say: Say) -> Proof:
    """Copy this installation into the empty database at `url`."""
    head = head_of_this()
    with _known("target", url) as target:
        copying.prepare_target(target)
        tables = copying.copy("default", target, say)
    return Proof(tables, _verified(url, head))


def back_up(file: Path, say: Say) -> Proof:
    """Write everything into `file`, which must not exist; whole or not at all."""
    if file.exists():
        raise CannotCopy(f"{file} exists already: choose another name. Nothing was written.")
    head = head_of_this()
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=file.parent) as folder:
        half_written = Path(folder) / file.name
        os.close(os.open(half_written, os.O_CREAT | os.O_WRONLY, 0o600))  # it holds addresses of people
        tables = _write_backup(half_written, say)
        proof = Proof(tables, _verified(f"sqlite:///{half_written.absolute()}", head))
        _one_file(half_written)
        half_written.rename(file)
    return proof


def restore(file: Path, say: Say, now: datetime) -> Proof:
    """Fill this installation, which must be empty, from a backup of this version or an older one."""
    if _beginning(file) != SQLITE_BEGINS:
        raise CannotCopy(f"{file} is no backup of `manage.py backup`.")
    with tempfile.TemporaryDirectory(prefix="restore-") as folder:
        copy = Path(folder) / "backup.sqlite3"
        shutil.copyfile(file, copy)
        with _known("backup", f"sqlite:///{copy}") as backup:
            _bring_forward(backup)
            copying.prepare_target("default")
            proof = Proof(copying.copy(backup, "default", say), head_of_this())
    for room in rooms.having("restoring"):
        for line in room.after_restore(now):
            say(line)
    return proof


def _beginning(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(len(SQLITE_BEGINS))


def head_of_this() -> str:
    """The ledger's head after a full check of this installation."""
    said = io.StringIO()
    try:
        call_command("verify_ledger", stdout=said, stderr=io.StringIO())
    except CommandError as error:
        raise CannotCopy(f"{error} Mend that first: a copy would only carry it on.") from error
    return said.getvalue().strip()


def _write_backup(file: Path, say: Say) -> list[Content]:
    with _known("backup", f"sqlite:///{file.absolute()}") as backup:
        if settings.ON_SQLITE:
            _copy_pages(file)
            tables = copying.contents(backup)
            say(f"{file.stat().st_size:,} bytes")
            return tables
        copying.prepare_target(backup)
        return copying.copy("default", backup, say)


def _copy_pages(file: Path) -> None:
    """SQLite's own online backup: one moment, and writers go on meanwhile."""
    connections["default"].ensure_connection()
    with contextlib.closing(sqlite3.connect(file)) as target:
        connections["default"].connection.backup(target)


def _one_file(file: Path) -> None:
    """Nothing of a backup may stand in a journal beside it."""
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _bring_forward(alias: str) -> None:
    loader = MigrationLoader(connections[alias])
    unknown = sorted(set(loader.applied_migrations) - set(loader.disk_migrations))
    if unknown:
        app, name = unknown[0]
        raise CannotCopy(f"The backup comes from a newer version ({app} {name}): put that version in place first.")
    call_command("migrate", database=alias, verbosity=0, interactive=False)


def _verified(url: str, head: str) -> str:
    """Let this code look at the other database as its own; it must hold the ledger that this one holds."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "verify_ledger", "--head", head]
    environment = {**os.environ, "DATABASE_URL": url, "SECRET_KEY": settings.SECRET_KEY}
    environment.pop("DATABASE_URL_FILE", None)
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise CannotCopy(f"The copy does not verify: {done.stderr.strip().splitlines()[-1]}")
    return done.stdout.strip()


@contextlib.contextmanager
def _known(alias: str, url: str) -> Iterator[str]:
    copying.name_database(alias, url)
    try:
        yield alias
    finally:
        copying.forget_database(alias)
