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
from django.db import connection, transaction
from django.db.models import F

from commitments.digests import addressing, building, scheduling, tokens, witnessing
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

    def __enter__(self) -> "Post":
        return self

    def __exit__(self, *trouble: object) -> None:
        self.hang_up()

    def hand_over(self, message: EmailMessage) -> None:
        self._line.open()
        self._line.send_messages([message])

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
        for run in DigestRun.objects.sending():
            while batch := _claim_unless_in_doubt(run, clock()):
                sent += sum(_send(delivery, post, clock) for delivery in batch)
                if _too_many_bounce(run):
                    run.pause("More than 5 % of the letters bounced. Check the addresses and the mail server.")
                    break
            _finish(run, clock())
    return sent


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
    held = Delivery.objects.filter(attempt=attempt, state=State.CLAIMED)
    return list(held.select_related("letter", "subscriber", "run").order_by("pk"))


def _send(delivery: Delivery, post: Post, clock: Clock) -> bool:
    subscriber = _put_on_the_line(delivery, clock())
    if subscriber is None:
        return False
    try:
        post.hand_over(addressing.digest(delivery, subscriber, clock()))
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        _refused(delivery, subscriber, code, said, clock())
    except smtplib.SMTPResponseException as refused:
        _refused(delivery, subscriber, refused.smtp_code, refused.smtp_error, clock(), is_address=False)
    except (OSError, smtplib.SMTPException) as trouble:
        _in_doubt(delivery, trouble, clock())
        post.hang_up()
    else:
        _mark(delivery, state=State.SENT, sent_at=clock(), answer="Accepted", attempts=delivery.attempts + 1)
        return True
    return False


def _put_on_the_line(delivery: Delivery, now: datetime) -> Subscriber | None:
    """Ask for consent once more under the reader's lock; from here on the letter counts as under way."""
    with transaction.atomic():
        reader = Subscriber.objects.select_for_update().filter(deliveries=delivery).first()
        if reader is None or not reader.is_reachable:
            _mark(delivery, state=State.WITHDRAWN)
            return None
        if Suppression.objects.all().blocks(reader.email):
            _mark(delivery, state=State.SUPPRESSED)
            return None
        mine = Delivery.objects.filter(pk=delivery.pk, attempt=delivery.attempt, state=State.CLAIMED)
        return reader if mine.update(state=State.SENDING, lease_until=now + LEASE) else None


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
