"""Notices that this worker has gone deaf: messages wait, nothing is being worked on, and none arrives.

Workers of several Celery releases stopped consuming after their broker came back, without an error.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

logger = logging.getLogger(__name__)
PATIENCE = 150.0  # seconds; the bell rings every 60, so several messages were missed by then
LOOK_EVERY = 15.0
LAST_GRACE = 20.0


@dataclass
class Ear:
    busy: Callable[[], bool]
    waiting: Callable[[], int]
    clock: Callable[[], float] = time.monotonic
    heard_at: float = field(init=False)

    def __post_init__(self) -> None:
        self.heard_at = self.clock()

    def note(self) -> None:
        self.heard_at = self.clock()

    def deaf(self) -> bool:
        """An empty queue or work in hand resets the patience: only silence beside waiting messages counts."""
        if self.busy() or not self.waiting():
            self.note()
        return self.clock() - self.heard_at > PATIENCE


def start(ear: Ear) -> None:
    threading.Thread(target=_watch, args=(ear,), daemon=True, name="listening").start()


def _watch(ear: Ear) -> None:
    while not ear.deaf():
        time.sleep(LOOK_EVERY)
    logger.error("this worker hears nothing although messages wait: it ends itself so that it is started anew")
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LAST_GRACE)
    os._exit(70)
