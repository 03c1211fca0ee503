"""Sending what is due: claim with a lease, ask again for consent, hand over, mark.

A letter is `sending` from just before the mail server gets it until it has
said yes. Found there after a crash, it may or may not have left: it is handed
over again under the same Message-ID and idempotency key, and the row says so.
"""

import logging
import smtplib
from datetime import datetime, timedelta

from django.db import transaction

from commitments.digests import addressing, building, marking, scheduling, tokens, witnessing
from commitments.digests.carrying import NotGiven, Post
from commitments.digests.marking import PERMANENT, Clock, Pen, State
from commitments.digests.models import Confirmation, Delivery, DigestRun, Parcel

log = logging.getLogger(__name__)

# A batch that left whole and fast earns a larger one: claiming costs as much as sending ten letters.
BATCH, LARGEST_BATCH = 50, 500
MOST_BOUNCING = 0.05
# Under this many letters a few bad addresses are no wave.
FEWEST_FOR_A_WAVE = 20
# The server answered, so the line is fine.
REFUSALS = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)


def start_run(now: datetime) -> list[DigestRun]:
    """Build every run that is due; most of the time that is none."""
    return [run for run in (building.build_weekly(now), building.build_alert(now)) if run]


def send_due(clock: Clock) -> int:
    """Send confirmations and letters until nothing is due; returns how many letters were handed over."""
    sent = 0
    with Post() as post:
        _send_confirmations(post, clock)
        for run in DigestRun.objects.sending().without_contents():
            left, is_away = _send_run(run, post, clock)
            sent += left
            if is_away:
                break
            _finish(run, clock())
    return sent


def _send_run(run: DigestRun, post: Post, clock: Clock) -> tuple[int, bool]:
    """How many letters of a run left, and whether the mail server is away."""
    sent, size = 0, BATCH
    while batch := _claim_unless_in_doubt(run, size, began := clock()):
        left, is_away = _send_batch(run, batch, post, clock)
        sent += left
        if is_away:
            return sent, True
        if left < len(batch) and _too_many_bounce(run):
            run.pause("More than 5 % of the letters bounced. Check the addresses and the mail server.")
            break
        size = next_size(len(batch), left, clock() - began)
    return sent, False


def next_size(taken: int, left: int, took: timedelta) -> int:
    """The largest batch, if at this pace it is out in half the time of its lease; else the usual one."""
    is_fast = took * LARGEST_BATCH <= marking.LEASE / 2 * taken
    return LARGEST_BATCH if left == taken and is_fast else BATCH


def _claim_unless_in_doubt(run: DigestRun, size: int, now: datetime) -> list[Parcel]:
    """The next batch, noted outside the database before any of it leaves; none after a restore from backup.

    A round may be long, so what another sender has left behind is taken back before each batch.
    """
    marking.sweep(now)
    if doubt := witnessing.doubt(run):
        run.hold(doubt)
        return []
    batch = claim(run, size, now)
    if batch:
        witnessing.note(run)
    return batch


def claim(run: DigestRun, size: int, now: datetime) -> list[Parcel]:
    """Take the next letters of a run for this sender alone."""
    waiting = Delivery.objects.of_run(run).unfinished().due(now)
    with transaction.atomic():
        batch = waiting.take(tokens.new_key(), size, now + marking.LEASE)
        if batch:
            run.count_claim()
    return batch


def _send_batch(run: DigestRun, batch: list[Parcel], post: Post, clock: Clock) -> tuple[int, bool]:
    """How many left, and whether the mail server is away: then none of the rest was tried and none is in doubt."""
    left = 0
    post.fetch(batch)
    with Pen(run, clock) as pen:
        for number, parcel in enumerate(batch):
            if not post.is_open:
                pen.settle()  # calling may take long: nothing waits to be written meanwhile
                try:
                    post.pick_up()
                except OSError as trouble:
                    post.hang_up()
                    _give_back(batch[number:], trouble, pen)
                    return left, True
            left += _send(parcel, post, pen, clock())
    return left, False


def _give_back(rest: list[Parcel], trouble: Exception, pen: Pen) -> None:
    """Due again later. An address is not to blame when the server does not answer or does not let us in."""
    log.warning("The mail server does not let us in (%s); %s letters are tried again.", trouble, len(rest))
    pen.put_off(rest, _in_words(trouble))


def _send(parcel: Parcel, post: Post, pen: Pen, now: datetime) -> bool:
    """Made out first, so that nothing but the handing over happens while the letter counts as under way."""
    try:
        letter = post.make_out(parcel, now)
    except ValueError as trouble:  # one address that nobody can write to holds up no other
        pen.cannot_be_written(parcel, _in_words(trouble))
        return False
    if not pen.may_leave(parcel, post.hash_of(parcel.email)):
        return False
    try:
        post.hand_over(letter)
    except OSError as trouble:  # what smtplib raises is one
        _not_accepted(parcel, trouble, pen)
        if not isinstance(trouble, REFUSALS):
            post.hang_up()
        return False
    pen.accepted(parcel)
    return True


def _not_accepted(parcel: Parcel, trouble: OSError, pen: Pen) -> None:
    """Say what the failure of one letter means."""
    match trouble:
        case NotGiven():
            pen.put_off([parcel], str(trouble))
        case smtplib.SMTPRecipientsRefused():
            code, said = next(iter(trouble.recipients.values()))
            pen.refused(parcel, code, said)
        case smtplib.SMTPDataError():
            pen.refused(parcel, trouble.smtp_code, trouble.smtp_error, is_address=False)
        case smtplib.SMTPResponseException():  # the sender, not the letter: whatever it says, for now
            code = min(trouble.smtp_code, PERMANENT - 1)
            pen.refused(parcel, code, trouble.smtp_error, is_address=False)
        case _:
            pen.in_doubt(parcel, _in_words(trouble))


def _in_words(trouble: Exception) -> str:
    return f"{type(trouble).__name__}: {trouble}"


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
        if not row.take(now):
            continue
        try:
            post.hand_over_message(addressing.confirmation(row, now))
            row.was_sent(clock())
        except OSError as trouble:
            again = scheduling.retry_at(row.attempts + 1, now)
            row.try_again(again)
            log.warning("Confirmation %s was not accepted (%s); next try %s.", row.pk, type(trouble).__name__, again)
            post.hang_up()
