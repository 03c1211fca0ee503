"""A letter set in type once: what is a reader's own goes into gaps in the finished bytes.

Byte for byte what `addressing.digest` gives, for a fiftieth of the work. What cannot be printed that way (an address
that is not ASCII, a body that had to be encoded) is not printed at all: the caller writes that letter out.
"""

import re
from datetime import datetime

from django.core.mail.message import sanitize_address

from commitments.digests import addressing
from commitments.digests.models import Delivery, Letter, Subscriber

# As long as what goes in: header lines are folded by their length.
_GAPS = {
    "to": "gap-to@reader.invalid",
    "unsubscribe": f"gap-u{'u' * 59}",
    "manage": f"gap-m{'m' * 67}",
    "key": f"gap-k{'k' * 27}",
    "date": f"gap-d{'d' * 26}",
}
_GAP = re.compile(b"(%s)" % b"|".join(re.escape(gap.encode()) for gap in _GAPS.values()))
# A longer address would be folded onto a line of its own.
LONGEST_ADDRESS = 60
_PLAIN = re.compile(r"[a-z0-9._+-]+@[a-z0-9.-]+")


class Form:
    """One letter, ready for names."""

    def __init__(self, letter: Letter, run_id: int) -> None:
        own = addressing.Own(**_GAPS)
        message = addressing.made_out(letter, run_id, own)
        self.sender = sanitize_address(message.from_email, "utf-8")
        self._pieces: list[bytes] = _GAP.split(message.message().as_bytes(linesep="\r\n"))  # type: ignore[call-arg]
        written = f"{letter.text}{letter.html}"
        stops, manages = (written.count(mark) for mark in addressing.MARKS)
        found = {name: self._pieces.count(gap.encode()) for name, gap in _GAPS.items()}
        # To, Date, Message-ID and its key once each, the link that stops letters once more in a header.
        self.is_whole = found == {"to": 1, "date": 1, "key": 2, "unsubscribe": stops + 1, "manage": manages}

    def filled(self, own: addressing.Own) -> bytes:
        values = {_GAPS[name].encode(): value.encode() for name, value in own._asdict().items()}
        return b"".join([values.get(piece, piece) for piece in self._pieces])


class Press:
    """Keeps the letter that it printed last: readers of one letter mostly follow each other."""

    def __init__(self, kept: int = 200) -> None:
        self._forms: dict[int, Form] = {}
        self._kept = kept

    def print(self, delivery: Delivery, subscriber: Subscriber, now: datetime) -> tuple[str, bytes] | None:
        """Sender and bytes of a letter, or None where it must be written out."""
        address = subscriber.email
        if len(address) > LONGEST_ADDRESS or not _PLAIN.fullmatch(address):
            return None
        form = self._forms.get(delivery.letter_id)
        if form is None:
            if len(self._forms) >= self._kept:
                self._forms.clear()
            form = self._forms[delivery.letter_id] = Form(delivery.letter, delivery.run_id)
        return (form.sender, form.filled(addressing.own(delivery, subscriber, now))) if form.is_whole else None
