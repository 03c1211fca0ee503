"""Letter after letter onto the line: the statements that a sender asks once a letter, through one open cursor."""

from datetime import datetime

from django.db import connections

from commitments.digests.models import brisk
from commitments.digests.models.delivering import Delivery, Parcel

# One statement a letter, and so one transaction: that the letter before was accepted, and the last question before this
# one leaves: is it still this sender's, does the reader still want it, is the address not blocked? It needs no lock on
# the reader: who leaves writes to the same row.
_NEXT_ON_THE_LINE = """
    UPDATE digests_delivery
    SET state = CASE WHEN state = 'sending' THEN 'sent' ELSE 'sending' END,
        sent_at = CASE WHEN state = 'sending' THEN %s ELSE sent_at END,
        answer = CASE WHEN state = 'sending' THEN 'Accepted' ELSE answer END,
        attempts = CASE WHEN state = 'sending' THEN attempts + 1 ELSE attempts END,
        lease_until = CASE state WHEN 'sending' THEN NULL WHEN 'claimed' THEN %s ELSE lease_until END
    WHERE id IN (%s, %s) AND attempt = %s AND (
        (id = %s AND state = 'sending')
        OR (state = 'claimed'
            AND EXISTS (SELECT 1 FROM digests_subscriber reader
                        WHERE reader.id = digests_delivery.subscriber_id
                          AND reader.state = 'active' AND NOT reader.paused)
            AND NOT EXISTS (SELECT 1 FROM digests_suppression WHERE address_hash = %s)))
"""
_SENT = """
    UPDATE digests_delivery SET state = 'sent', sent_at = %s, answer = 'Accepted', attempts = attempts + 1,
                                lease_until = NULL
    WHERE id = %s AND attempt = %s AND state = 'sending'
"""


class Register:
    """One sender's, for a batch: opening a cursor for each letter would cost half as much again as what it writes."""

    def __init__(self) -> None:
        self._rows = Delivery.objects.all()
        self._cursor = brisk.cursor(connections[self._rows.db])

    def close(self) -> None:
        self._cursor.close()

    def put_on_the_line(
        self, parcel: Parcel, address_hash: str, *, now: datetime, until: datetime, after: Parcel | None
    ) -> bool:
        """Whether the letter may leave now; if so, its row says `sending` until the lease ends.

        The letter `after` which it goes was accepted by the server and is marked `sent` by the same statement.
        """
        last = after.pk if after else None
        values = [now, until, last, parcel.pk, parcel.attempt, last, address_hash]
        self._cursor.execute(_NEXT_ON_THE_LINE, values)
        written = self._cursor.rowcount
        if after is None or written != 1:
            return bool(written)
        return self._rows.of([parcel]).on_the_line().exists()  # one of the two, which?

    def accepted(self, parcel: Parcel, at: datetime) -> None:
        """The server took the letter. Nothing is written when another sender has taken the row over since."""
        self._cursor.execute(_SENT, [at, parcel.pk, parcel.attempt])
