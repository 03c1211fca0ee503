"""Sending what is due: claim with a lease, ask again for consent, hand over, mark.

A letter is `sending` from just before the mail server gets it until it has
said yes. Found there after a crash, it may or may not have left: it is handed
over again under the same Message-ID and idempotency key, and the row says so.
"""

import logging
import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection, transaction
from django.db.models import F

from commitments.digests import addressing, building, printing, scheduling, tokens, witnessing
from commitments.digests.models import Confirmation, Delivery, DigestRun, PostOffice, Subscriber, Suppression

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
State = Delivery.State

# On the line: longer than any conversation with a mail server.
LEASE = timedelta(minutes=10)
# Taken, not yet on the line: short, so that a killed sender's letters go on soon. Safe: before a letter goes on the
# line its row is asked whether it is still this sender's.
CLAIM = timedelta(seconds=90)
BATCH = 50
MOST_BOUNCING = 0.05
# Under this many letters a few bad addresses are no wave.
FEWEST_FOR_A_WAVE = 20
PERMANENT = 500
TWICE = "May have been sent twice: same Message-ID."


class Post:
    """One open connection to the mail server, reused letter after letter."""

    def __init__(self) -> None:
        self._line = get_connection(fail_silently=False)
        self._press, self._office = printing.Press(), PostOffice.open()

    def __enter__(self) -> "Post":
        return self

    def __exit__(self, *trouble: object) -> None:
        self.hang_up()

    def pick_up(self) -> None:
        """Be on the line before a letter counts as under way. Raises what the server's absence or refusal raises."""
        self._line.open()

    def hand_over(self, message: EmailMessage) -> None:
        self._line.open()
        self._line.send_messages([message])

    def hand_over_letter(self, delivery: Delivery, subscriber: Subscriber, now: datetime) -> None:
        """Over SMTP the bytes are printed; any other way out is given a letter that is written out."""
        line = self._line
        printed = self._press.print(delivery, subscriber, now) if isinstance(line, EmailBackend) else None
        if printed is None or not isinstance(line, EmailBackend):
            self.hand_over(addressing.digest(delivery, subscriber, now))
            return
        line.open()
        assert line.connection is not None
        line.connection.sendmail(printed[0], [subscriber.email], printed[1])

    def hash_of(self, address: str) -> str:
        return self._office.hash_of(tokens.normalised(address))

    def hang_up(self) -> None:
        try:
            self._line.close()
        except (OSError, smtplib.SMTPException):
            self._line = get_connection(fail_silently=False)


def start_run(now: datetime) -> list[DigestRun]:
    """Build every run that is due; most of the time that is none."""
    return [run for run in (building.build_weekly(now), building.build_alert(now)) if run]


def send_due(clock: Clock) -> int:
    """Send confirmations and letters until nothing is due; returns how many letters were handed over."""
    sweep(clock())
    sent = 0
    with Post() as post:
        _send_confirmations(post, clock)
        for run in DigestRun.objects.sending().without_contents():
            while batch := _claim_unless_in_doubt(run, clock()):
                left, is_away = _send_batch(batch, post, clock)
                sent += left
                if is_away:
                    return sent
                if left < len(batch) and _too_many_bounce(run):
                    run.pause("More than 5 % of the letters bounced. Check the addresses and the mail server.")
                    break
            _finish(run, clock())
    return sent


def _send_batch(batch: list[Delivery], post: Post, clock: Clock) -> tuple[int, bool]:
    """How many left, and whether the mail server is away: then none of the rest was tried and none is in doubt."""
    left = 0
    for number, delivery in enumerate(batch):
        try:
            post.pick_up()
        except (OSError, smtplib.SMTPException) as trouble:
            post.hang_up()
            _give_back(batch[number:], trouble, clock())
            return left, True
        left += _send(delivery, post, clock)
    return left, False


def _give_back(rest: list[Delivery], trouble: Exception, now: datetime) -> None:
    """Due again later. An address is not to blame when the server does not answer or does not let us in."""
    log.warning("The mail server does not let us in (%s); %s letters are tried again.", trouble, len(rest))
    attempts = rest[0].attempts + 1
    hopeless = scheduling.is_hopeless(rest[0].run.built_at, now)
    Delivery.objects.held_by(rest[0].attempt).filter(pk__in=[row.pk for row in rest]).update(
        state=State.FAILED if hopeless else State.DUE,
        attempts=F("attempts") + 1,
        next_try_at=scheduling.retry_at(attempts, now),
        lease_until=None,
        answer=f"{type(trouble).__name__}: {trouble}"[:300],
    )


def _claim_unless_in_doubt(run: DigestRun, now: datetime) -> list[Delivery]:
    """The next batch, noted outside the database before any of it leaves; none after a restore from backup."""
    if doubt := witnessing.doubt(run):
        run.hold(doubt)
        return []
    batch = claim(run, now)
    if batch:
        witnessing.note(run)
    return batch


def sweep(now: datetime) -> int:
    """Take back what a fallen sender left behind; returns how many letters."""
    left = Delivery.objects.abandoned(now)
    doubtful = left.on_the_line()
    note = f"{TWICE} A sender fell while it was on the line; due again at {now:%Y-%m-%d %H:%M} UTC. "
    for row in doubtful:
        row.note, row.repeats = row.note + note, row.repeats + 1
        row.save(update_fields=["note", "repeats"])
    return left.update(state=State.DUE, attempt="", lease_until=None, next_try_at=now)


def claim(run: DigestRun, now: datetime) -> list[Delivery]:
    """Take the next letters of a run for this sender alone."""
    with transaction.atomic():
        rows = Delivery.objects.due(now).filter(run=run).order_by("pk")
        able = connection.features
        skip, of = able.has_select_for_update_skip_locked, ("self",) if able.has_select_for_update_of else ()
        taken = [row.pk for row in rows.select_for_update(skip_locked=skip, of=of)[:BATCH]]
        attempt = tokens.new_key()
        Delivery.objects.filter(pk__in=taken).update(state=State.CLAIMED, attempt=attempt, lease_until=now + CLAIM)
        if taken:
            DigestRun.objects.filter(pk=run.pk).update(claims=F("claims") + 1)
    run.refresh_from_db(fields=["claims"])
    batch = list(Delivery.objects.held_by(attempt).to_be_sent())
    for delivery in batch:
        delivery.run = run
    return batch


def _send(delivery: Delivery, post: Post, clock: Clock) -> bool:
    subscriber = _put_on_the_line(delivery, post, clock())
    if subscriber is None:
        return False
    try:
        post.hand_over_letter(delivery, subscriber, clock())
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        _refused(delivery, subscriber, code, said, clock())
    except smtplib.SMTPDataError as refused:
        _refused(delivery, subscriber, refused.smtp_code, refused.smtp_error, clock(), is_address=False)
    except smtplib.SMTPResponseException as refused:  # the sender, not the letter: whatever it says, for now
        code = min(refused.smtp_code, PERMANENT - 1)
        _refused(delivery, subscriber, code, refused.smtp_error, clock(), is_address=False)
    except (OSError, smtplib.SMTPException) as trouble:
        _in_doubt(delivery, trouble, clock())
        post.hang_up()
    else:
        Delivery.objects.accepted(delivery, clock())
        return True
    return False


def _put_on_the_line(delivery: Delivery, post: Post, now: datetime) -> Subscriber | None:
    """Ask for consent once more in the statement that puts it there; from here on the letter counts as under way."""
    reader = delivery.subscriber
    blocked = post.hash_of(reader.email) if reader else ""
    if reader and Delivery.objects.put_on_the_line(delivery, blocked, now + LEASE):
        return reader
    held = Delivery.objects.held_by(delivery.attempt).filter(pk=delivery.pk)
    wanted = Subscriber.objects.reachable().filter(deliveries=delivery).exists()
    held.update(state=State.SUPPRESSED if wanted else State.WITHDRAWN, lease_until=None)
    return None


def _refused(
    delivery: Delivery, subscriber: Subscriber, code: int, said: bytes | str, now: datetime, *, is_address: bool = True
) -> None:
    """The server said no: for now (4xx) or for good (5xx)."""
    answer = f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"[:300]
    if code < PERMANENT and not scheduling.is_hopeless(delivery.run.built_at, now):
        attempts = delivery.attempts + 1
        again = scheduling.retry_at(attempts, now)
        _mark(delivery, state=State.DUE, attempts=attempts, next_try_at=again, answer=answer)
        return
    _mark(delivery, state=State.FAILED, answer=answer, attempts=delivery.attempts + 1)
    if code >= PERMANENT and is_address:
        suppress(subscriber.email, Suppression.Reason.REFUSED, answer, now)


def _in_doubt(delivery: Delivery, trouble: Exception, now: datetime) -> None:
    """The line went dead. Whether the letter left cannot be known; it goes again under the same Message-ID."""
    attempts = delivery.attempts + 1
    hopeless = scheduling.is_hopeless(delivery.run.built_at, now)
    _mark(
        delivery,
        state=State.UNKNOWN if hopeless else State.DUE,
        attempts=attempts,
        repeats=delivery.repeats + 1,
        next_try_at=scheduling.retry_at(attempts, now),
        answer=f"{type(trouble).__name__}: {trouble}"[:300],
        note=delivery.note + f"{TWICE} The line went dead while it was being handed over. ",
    )


def _mark(delivery: Delivery, **state: object) -> None:
    """Write the outcome, unless another sender has taken the row over since."""
    Delivery.objects.filter(pk=delivery.pk, attempt=delivery.attempt).update(**{"lease_until": None, **state})


def suppress(address: str, reason: str, detail: str, now: datetime) -> None:
    """Block an address for good; only its hash is kept."""
    key = PostOffice.open().hash_of(tokens.normalised(address))
    values = {"reason": reason, "detail": detail[:300], "at": now}
    Suppression.objects.get_or_create(address_hash=key, defaults=values)


def _too_many_bounce(run: DigestRun) -> bool:
    sums = run.deliveries.all().sums()
    failed, done = sums.get(State.FAILED, 0), sums.get(State.SENT, 0) + sums.get(State.FAILED, 0)
    return done >= FEWEST_FOR_A_WAVE and failed > MOST_BOUNCING * done


def _finish(run: DigestRun, now: datetime) -> None:
    if run.state == DigestRun.State.SENDING and not run.deliveries.all().unfinished().exists():
        run.finish(now)


def _send_confirmations(post: Post, clock: Clock) -> None:
    for row in Confirmation.objects.due(clock()).select_related("subscriber", "consent"):
        now = clock()
        taken = Confirmation.objects.due(now).filter(pk=row.pk).update(claimed_at=now, attempts=row.attempts + 1)
        if not taken:
            continue
        try:
            post.hand_over(addressing.confirmation(row, now))
            Confirmation.objects.filter(pk=row.pk).update(sent_at=clock())
        except (OSError, smtplib.SMTPException) as trouble:
            again = scheduling.retry_at(row.attempts + 1, now)
            Confirmation.objects.filter(pk=row.pk).update(claimed_at=None, next_try_at=again)
            log.warning("Confirmation %s was not accepted (%s); next try %s.", row.pk, type(trouble).__name__, again)
            post.hang_up()
