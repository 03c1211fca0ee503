"""Keeps what a sender has taken its own for as long as it lives: leases are short, and renewed beside the work.

A mail server may keep a sender waiting for longer than any lease that a fallen sender's letters should wait, so the
work itself cannot renew. What is done sooner than the first renewal costs no statement.
"""

import logging
import threading
from collections.abc import Callable

from django.db import DatabaseError, connection

log = logging.getLogger(__name__)
# Three times within a lease, so that one slow statement does not lose it.
RENEW_SECONDS = 15.0


class Hold:
    """`with Hold(renew)`: a thread calls it again and again until the end, and dies with the process."""

    def __init__(self, renew: Callable[[], object]) -> None:
        self._renew, self._end = renew, threading.Event()
        self._thread = threading.Thread(target=self._keep, name="holding", daemon=True)

    def __enter__(self) -> "Hold":
        self._thread.start()
        return self

    def __exit__(self, *trouble: object) -> None:
        self._end.set()
        self._thread.join()

    def _keep(self) -> None:
        try:
            while not self._end.wait(RENEW_SECONDS):
                self._try()
        finally:
            connection.close()

    def _try(self) -> None:
        """A database that is away for a moment is asked again; the rows themselves say whose they are."""
        try:
            self._renew()
        except DatabaseError as trouble:
            log.warning("Leases could not be renewed (%s).", type(trouble).__name__)
            connection.close()
