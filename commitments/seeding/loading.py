"""Write a checked record: new entries are added, what people of this installation changed is left alone.

A folder version that the ledger already names is not written again. Differences
in entries that exist are counted and kept; with `update` they are applied, and
edits of published words are recorded as revisions.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction

from commitments.models import StatusChange
from commitments.seeding.checking import shape_faults
from commitments.seeding.faults import BadRecord
from commitments.seeding.histories import add_histories
from commitments.seeding.meaning import meaning_faults
from commitments.seeding.reading import Folder, read
from commitments.seeding.reporting import Report
from commitments.seeding.writing import Writer


def seed(paths: Sequence[Path], *, now: datetime, update: bool = False) -> list[Report]:
    """Load record folders. All are read and checked before the first is written; raises `BadRecord`."""
    folders = [read_checked(path, now=now) for path in paths]
    with transaction.atomic():
        return [_load(folder, now=now, update=update) for folder in folders]


def read_checked(path: Path, *, now: datetime) -> Folder:
    """A folder without faults; raises `BadRecord` with all of them otherwise."""
    folder = read(path)
    faults = [*folder.faults, *shape_faults(folder)]
    faults += meaning_faults(folder, faults, today=now.date())
    if faults:
        raise BadRecord(str(path), faults)
    return folder


def _load(folder: Folder, *, now: datetime, update: bool) -> Report:
    report = Report(folder.name, folder.sha256)
    if StatusChange.objects.filter(record_sha256=folder.sha256).exists() and not update:
        report.already_loaded = True
        return report
    Writer(folder, report=report, now=now, update=update).write()
    add_histories(folder, report=report, now=now)
    return report
