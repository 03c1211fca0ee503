"""Social cards are drawn when a status is published, so that nobody who shares a link waits for one.

What cannot be drawn then (a record seeded at once, a process that died) is found in the table a minute later; and a
card that is asked for before that is drawn for the asking, and not kept.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_save
from django.utils import timezone

from commitments.models import Commitment, StatusChange
from commitments.public import listing, picturing
from commitments.public.models import Picture
from commitments.public.shapes import Moment, Row

# A person publishes one status at a time; many at once are an import, which need not wait for its pictures.
MOST_AT_ONCE = 3
# As many as a minute has room for, so that the next tick finds the worker free.
MOST_A_TICK = 100


def picture(row: Row, moment: Moment) -> bytes:
    """The card with the words of the page: the one that was drawn, or a new one."""
    words = picturing.words(row, site=settings.SITE_NAME)
    drawn = None if moment.as_of else Picture.objects.with_words(row.pk, _digest(words))
    return bytes(drawn.png) if drawn else picturing.card(words)


def draw_missing() -> int:
    """Draw what changed since it was drawn; how many there were."""
    waiting = list(Picture.objects.commitments_without(_edition())[:MOST_A_TICK])
    _draw(waiting)
    return len(waiting)


def _draw(commitments: Iterable[Commitment]) -> None:
    now = timezone.now()
    moment = Moment(timezone.localdate())
    for commitment in commitments:
        last = commitment.last_change
        if last is None:
            continue  # nothing has been published that a card could say
        words = picturing.words(listing.row(commitment, moment), site=settings.SITE_NAME)
        Picture.objects.update_or_create(
            commitment=commitment,
            defaults={
                "change": last,
                "words": _digest(words),
                "png": picturing.card(words),
                "drawn_at": now,
            },
        )


def _edition() -> str:
    """Changes with the drawing and with the name of the site, which stands on every card."""
    return hashlib.sha256(f"{picturing.EDITION} {settings.SITE_NAME}".encode()).hexdigest()[:12]


def _digest(words: picturing.Words) -> str:
    return _edition() + hashlib.sha256("\0".join(words).encode()).hexdigest()


class _AfterPublishing:
    """Waits for the end of a transaction and draws what was published in it."""

    def __init__(self) -> None:
        self.pks: set[int] = set()
        self.__qualname__ = "drawing after publishing"  # what Django's log calls it should it fail

    def __call__(self) -> None:
        if len(self.pks) <= MOST_AT_ONCE:
            _draw(Commitment.objects.published().filter(pk__in=self.pks))


def note_change(sender: Any, instance: StatusChange, **_: Any) -> None:
    connection = transaction.get_connection()
    waiting = next((w[1] for w in connection.run_on_commit if isinstance(w[1], _AfterPublishing)), None)
    if waiting is None:
        waiting = _AfterPublishing()
        waiting.pks.add(instance.commitment_id)
        # A card that cannot be drawn is no reason to tell a reviewer that publishing failed.
        transaction.on_commit(waiting, robust=True)
    waiting.pks.add(instance.commitment_id)


def listen() -> None:
    post_save.connect(note_change, sender=StatusChange, dispatch_uid="public.illustrating")
