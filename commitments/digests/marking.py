"""What became of each letter, written into its row: accepted, refused, put off, in doubt, not wanted any more.

That a letter was accepted is written by the statement that asks about the next one: one transaction a letter, and at
no instant is more than one letter of a sender under way.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db.models import F, Value
from django.db.models.functions import Concat

from commitments.digests import scheduling, tokens
from commitments.digests.holding import Hold
from commitments.digests.models import Delivery, DigestRun, Parcel, PostOffice, Register, Subscriber, Suppression

log = logging.getLogger(__name__)
State = Delivery.State
Clock = Callable[[], datetime]
# On the line, renewed while the sender lives: with the minute until the next bell, what a fallen sender had there goes
# again within two minutes.
LEASE = timedelta(seconds=50)
PERMANENT = 500
TWICE = "May have been sent twice: same Message-ID."
LONGEST_ANSWER = 300


class Pen:
    """Writes for one sender. Left in whatever way, it has written all that it knows."""

    def __init__(self, run: DigestRun, clock: Clock) -> None:
        self._run, self._clock = run, clock
        self._accepted: Parcel | None = None
        self._attempt, self._hold = "", Hold(self._renew)
        self._register = Register()

    def __enter__(self) -> "Pen":
        self._hold.__enter__()
        return self

    def __exit__(self, *trouble: object) -> None:
        try:
            self.settle()
        finally:
            self._hold.__exit__(*trouble)
            self._register.close()

    def _renew(self) -> None:
        """What is this sender's, on the line or not, stays so; what another has taken over since is left alone."""
        if self._attempt:
            Delivery.objects.all().renew(self._attempt, self._clock() + LEASE)

    def may_leave(self, parcel: Parcel, address_hash: str) -> bool:
        """Ask for consent once more in the statement that puts the letter on the line; it counts as under way now."""
        now, before, self._attempt = self._clock(), self._accepted, parcel.attempt
        if self._register.put_on_the_line(parcel, address_hash, now=now, until=now + LEASE, after=before):
            self._accepted = None
            return True
        self._accepted = None
        wanted = Subscriber.objects.reachable().with_key(parcel.key).exists()
        self._end(parcel, state=State.SUPPRESSED if wanted else State.WITHDRAWN)
        return False

    def cannot_be_written(self, parcel: Parcel, why: str) -> None:
        """No letter can be made out to this address; an erased reader has none."""
        self._end(parcel, state=State.FAILED if parcel.email else State.WITHDRAWN, answer=why[:LONGEST_ANSWER])

    def _end(self, parcel: Parcel, **outcome: object) -> None:
        """Of a letter that never got on the line."""
        Delivery.objects.held_by(parcel.attempt).of([parcel]).update(**outcome, lease_until=None)

    def accepted(self, parcel: Parcel) -> None:
        """Known, and written with the next question or by `settle`."""
        self._accepted = parcel

    def settle(self) -> None:
        if self._accepted:
            self._register.accepted(self._accepted, self._clock())
            self._accepted = None

    def refused(self, parcel: Parcel, code: int, said: bytes | str, *, is_address: bool = True) -> None:
        """The server said no: for now (4xx) or for good (5xx)."""
        answer = f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
        if code < PERMANENT:
            self.put_off([parcel], answer)
            return
        self._write([parcel], answer, state=State.FAILED)
        if is_address:
            suppress(parcel.email, Suppression.Reason.REFUSED, answer, self._clock())

    def put_off(self, parcels: Sequence[Parcel], answer: str) -> None:
        """Certainly not handed over: due again later, or given up after two days."""
        self._write(parcels, answer, state=State.FAILED if self._is_hopeless() else State.DUE)

    def in_doubt(self, parcel: Parcel, answer: str) -> None:
        """Whether the letter left cannot be known; it goes again under the same Message-ID."""
        state = State.UNKNOWN if self._is_hopeless() else State.DUE
        note = Concat(F("note"), Value(f"{TWICE} The line went dead while it was being handed over. "))
        self._write([parcel], answer, state=state, repeats=F("repeats") + 1, note=note)

    def _is_hopeless(self) -> bool:
        return scheduling.is_hopeless(self._run.built_at, self._clock())

    def _write(self, parcels: Sequence[Parcel], answer: str, **outcome: object) -> None:
        """Unless another sender has taken the row over since."""
        again = scheduling.retry_at(parcels[0].attempts + 1, self._clock())
        common = {"attempts": F("attempts") + 1, "next_try_at": again, "lease_until": None}
        Delivery.objects.all().of(parcels).update(**common, answer=answer[:LONGEST_ANSWER], **outcome)


def suppress(address: str, reason: str, detail: str, now: datetime) -> None:
    """Block an address for good; only its hash is kept."""
    key = PostOffice.open().hash_of(tokens.normalised(address))
    values = {"reason": reason, "detail": detail[:LONGEST_ANSWER], "at": now}
    Suppression.objects.get_or_create(address_hash=key, defaults=values)


def sweep(now: datetime) -> int:
    """Take back what a fallen sender left behind; returns how many letters."""
    left = Delivery.objects.abandoned(now)
    said = f"{TWICE} A sender fell while it was on the line; due again at {now:%Y-%m-%d %H:%M} UTC. "
    left.on_the_line().update(note=Concat(F("note"), Value(said)), repeats=F("repeats") + 1)
    return left.update(state=State.DUE, attempt="", lease_until=None, next_try_at=now)
