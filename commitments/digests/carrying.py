"""The line to the mail server: opened once, reused letter after letter, spoken so that a failure says what it means.

What fails before the server said "go on" was certainly not handed over (`NotGiven`); what fails after that may have
been. `smtplib.sendmail` cannot tell the two apart, so its steps are taken here one by one.
"""

import smtplib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend

from commitments.digests import addressing, printing, tokens
from commitments.digests.models import Letter, Parcel, PostOffice

WELL, WILL_FORWARD, GO_ON, CLOSING = 250, 251, 354, 421


class NotGiven(OSError):
    """The line failed before the letter was on it. The reason is in the text."""


class Step(NamedTuple):
    """What is said, which answers mean yes, and what any other answer raises."""

    said: str
    well: tuple[int, ...]
    refusal: Callable[[int, bytes], smtplib.SMTPException]


class Post:
    """One open connection to the mail server, and what is printed once for many readers."""

    def __init__(self) -> None:
        self._line = get_connection(fail_silently=False)
        self._press, self._office = printing.Press(), PostOffice.open()
        self._letters: dict[int, Letter] = {}
        self._is_open = self._is_used = False

    def __enter__(self) -> "Post":
        return self

    def __exit__(self, *trouble: object) -> None:
        self.hang_up()

    @property
    def is_open(self) -> bool:
        return self._is_open

    def pick_up(self) -> None:
        """Be on the line before a letter counts as under way. Raises what the server's absence or refusal raises."""
        self._line.open()
        if isinstance(self._line, EmailBackend):
            self._smtp.ehlo_or_helo_if_needed()
        self._is_open, self._is_used = True, False

    def hang_up(self) -> None:
        self._is_open = False
        try:
            self._line.close()
        except OSError:
            self._line = get_connection(fail_silently=False)

    def hash_of(self, address: str) -> str:
        return self._office.hash_of(tokens.normalised(address))

    def fetch(self, parcels: Iterable[Parcel]) -> None:
        """Have at hand what these readers get; a letter that many of them get is read once."""
        wanted = {parcel.letter_id for parcel in parcels}
        kept = {number: letter for number, letter in self._letters.items() if number in wanted}
        self._letters = kept | Letter.objects.in_bulk(wanted - kept.keys())

    def make_out(self, parcel: Parcel, now: datetime) -> printing.Sheet | EmailMessage:
        """A fetched letter ready for its reader: bytes for SMTP, a message for any other way out."""
        letter, own = self._letters[parcel.letter_id], addressing.own(parcel.email, parcel.key, now)
        if isinstance(self._line, EmailBackend):
            return self._press.print(letter, own)
        return addressing.made_out(letter, own)

    def hand_over(self, letter: printing.Sheet | EmailMessage) -> None:
        """Raises `NotGiven`, the server's refusal as smtplib does, or `OSError` when nobody can say what happened."""
        if not isinstance(letter, printing.Sheet):
            self.hand_over_message(letter)
            return
        try:
            self._announce(letter)
        except NotGiven:
            if not self._is_used:
                raise
            self._call_again()
            self._announce(letter)
        self._is_used = True
        self._smtp.send(letter.raw)
        code, said = self._smtp.getreply()
        if code != WELL:
            self._start_over(code)
            raise smtplib.SMTPDataError(code, said)

    def hand_over_message(self, message: EmailMessage) -> None:
        """As the mail backend does it, whichever it is."""
        self._line.open()
        self._line.send_messages([message])

    @property
    def _smtp(self) -> smtplib.SMTP:
        found: smtplib.SMTP = self._line.connection  # type: ignore[attr-defined]
        return found

    def _call_again(self) -> None:
        """Servers close a line after so many letters or minutes: no reason to let this one wait."""
        self.hang_up()
        try:
            self.pick_up()
        except OSError as trouble:
            raise NotGiven(_in_words(trouble)) from trouble

    def _announce(self, letter: printing.Sheet) -> None:
        """Up to the server's "go on": in one breath where it offers that (RFC 2920), else step by step."""
        smtp, steps = self._smtp, _steps(letter, self._offers("size"))
        at_once = self._offers("pipelining")
        try:
            if at_once:
                smtp.send("".join(f"{step.said}\r\n" for step in steps))
            for step in steps:
                if not at_once:
                    smtp.putcmd(step.said)
                code, said = smtp.getreply()
                if code not in step.well:
                    break
            else:
                return
        except OSError as trouble:
            raise NotGiven(_in_words(trouble)) from trouble
        rest = len(steps) - steps.index(step) - 1
        self._start_over(code, answers_to_come=rest if at_once else 0)
        raise step.refusal(code, said)

    def _offers(self, what: str) -> bool:
        return bool(self._smtp.does_esmtp and self._smtp.has_extn(what))

    def _start_over(self, code: int, answers_to_come: int = 0) -> None:
        """After a refusal, ready for the next letter."""
        try:
            if code != CLOSING and GO_ON not in [self._smtp.getreply()[0] for _ in range(answers_to_come)]:
                self._smtp.rset()
                return
        except OSError:
            pass
        self._smtp.close()  # no word more: where the server waits for a letter all the same it would be taken for one
        self.hang_up()


def _steps(letter: printing.Sheet, says_size: bool) -> tuple[Step, ...]:
    size = f" size={len(letter.raw)}" if says_size else ""
    return (
        Step(
            f"MAIL FROM:{letter.sender}{size}",
            (WELL,),
            lambda code, said: smtplib.SMTPSenderRefused(code, said, letter.sender),
        ),
        Step(
            f"RCPT TO:{letter.recipient}",
            (WELL, WILL_FORWARD),
            lambda code, said: smtplib.SMTPRecipientsRefused({letter.recipient: (code, said)}),
        ),
        Step("DATA", (GO_ON,), smtplib.SMTPDataError),
    )


def _in_words(trouble: Exception) -> str:
    return f"{type(trouble).__name__}: {trouble}"
