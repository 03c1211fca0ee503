"""The version of the record, cheap to ask: it changes whenever anything that pages print does.

A random token is replaced after every transaction that saved or deleted a row
of the record; the highest keys catch rows that were written in bulk.
"""

import secrets
import time
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save

WATCHED_APPS = ("commitments", "public")
# Rows that pages do not print: the version itself, and pictures, which say what the page says already.
UNWATCHED = ("RecordVersion", "Picture")
BULK = ("StatusChange", "EvidenceLink", "Evidence", "Measurement", "Wording", "Revision", "Commitment")


def current() -> str:
    """The present version, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_statement())
        token, *highest = cursor.fetchone()
    if token is None:
        renew()
        return current()
    return f"{token}:{':'.join(str(key or 0) for key in highest)}"


_seen: tuple[str, float] | None = None


def recent(within: float) -> str:
    """The version as it was at most so many seconds ago: a burst of readers asks the database once."""
    global _seen
    seen, now = _seen, time.monotonic()
    if seen is None or now - seen[1] >= within:
        seen = _seen = (current(), now)
    return seen[0]


def _statement() -> str:
    quote = connection.ops.quote_name
    tables = [apps.get_model("commitments", name)._meta.db_table for name in BULK]
    # Names of our own tables, quoted; nothing a reader sends comes here.
    token = f"(SELECT token FROM {quote(apps.get_model('public', 'RecordVersion')._meta.db_table)} WHERE id = 1)"  # nosec B608
    return f"SELECT {', '.join([token, *(f'(SELECT MAX(id) FROM {quote(table)})' for table in tables)])}"  # nosec B608


def renew() -> None:
    """Give the record a new version, at once for the readers of this process."""
    global _seen
    version = apps.get_model("public", "RecordVersion")
    version.objects.update_or_create(pk=1, defaults={"token": secrets.token_hex(8)})
    _seen = None


def note_change(sender: Any, **_: Any) -> None:
    """Renew the version once, when the transaction that changed something is over."""
    meta = sender._meta
    if meta.app_label not in WATCHED_APPS or meta.object_name in UNWATCHED:
        return
    if not any(waiting[1] is renew for waiting in connection.run_on_commit):
        transaction.on_commit(renew)


def listen() -> None:
    for signal in (post_save, post_delete, m2m_changed):
        signal.connect(note_change, dispatch_uid="public.versioning")
