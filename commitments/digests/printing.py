"""A letter set in type once: what is a reader's own goes into gaps in the finished bytes.

On the line byte for byte what `addressing.made_out` gives, for a fiftieth of the work. What cannot be printed that way
(an address that is not plain ASCII, a body that had to be encoded) is written out for its one reader.
"""

import re
import smtplib
from typing import NamedTuple

from django.core.mail import EmailMessage
from django.core.mail.message import sanitize_address

from commitments.digests import addressing
from commitments.digests.models import Letter

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
_DOT_FIRST = re.compile(rb"^\.", re.MULTILINE)
_LINE_END, _LAST_LINE = b"\r\n", b".\r\n"


class Sheet(NamedTuple):
    """A letter as SMTP wants it: both addresses in brackets, dots doubled, the final dot at the end."""

    sender: str
    recipient: str
    raw: bytes


def write_out(message: EmailMessage) -> Sheet:
    """The slow way, for one reader."""
    sender, recipient = (
        smtplib.quoteaddr(sanitize_address(address, "utf-8")) for address in (message.from_email, message.to[0])
    )
    return Sheet(sender, recipient, _for_the_line(message))


def _for_the_line(message: EmailMessage) -> bytes:
    raw: bytes = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
    end = b"" if raw.endswith(_LINE_END) else _LINE_END
    return _DOT_FIRST.sub(b"..", raw) + end + _LAST_LINE


class Form:
    """One letter, ready for names."""

    def __init__(self, letter: Letter) -> None:
        message = addressing.made_out(letter, addressing.Own(**_GAPS))
        self._sender = smtplib.quoteaddr(sanitize_address(message.from_email, "utf-8"))
        pieces: list[bytes] = _GAP.split(_for_the_line(message))
        names = {gap.encode(): name for name, gap in _GAPS.items()}
        # Text and gaps take turns; for each gap the place of its value among what is a reader's own.
        self._fixed, gaps = pieces[::2], [names[gap] for gap in pieces[1::2]]
        self._order = [addressing.Own._fields.index(name) for name in gaps]
        written = f"{letter.text}{letter.html}"
        stops, manages = (written.count(mark) for mark in addressing.MARKS)
        # To, Date, Message-ID and its key once each, the link that stops letters once more in a header.
        wanted = {"to": 1, "date": 1, "key": 2, "unsubscribe": stops + 1, "manage": manages}
        self.is_whole = {name: gaps.count(name) for name in _GAPS} == wanted

    def filled(self, own: addressing.Own) -> Sheet:
        values = [value.encode() for value in own]
        pieces = self._fixed[:1]
        for place, text in zip(self._order, self._fixed[1:], strict=True):
            pieces += (values[place], text)
        return Sheet(self._sender, f"<{own.to}>", b"".join(pieces))


class Press:
    """Keeps the letters that it printed last: readers of one letter follow each other."""

    def __init__(self, kept: int = 200) -> None:
        self._forms: dict[int, Form] = {}
        self._kept = kept

    def print(self, letter: Letter, own: addressing.Own) -> Sheet:
        if len(own.to) > LONGEST_ADDRESS or not _PLAIN.fullmatch(own.to):
            return write_out(addressing.made_out(letter, own))
        form = self._forms.get(letter.pk)
        if form is None:
            if len(self._forms) >= self._kept:
                self._forms.clear()
            form = self._forms[letter.pk] = Form(letter)
        return form.filled(own) if form.is_whole else write_out(addressing.made_out(letter, own))
