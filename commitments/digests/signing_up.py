"""Joining, confirming, choosing, leaving. Every way in answers alike, whoever asks."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from commitments.digests import tokens
from commitments.digests.models import (
    Confirmation,
    Consent,
    Delivery,
    PostOffice,
    SignUpAttempt,
    Subscriber,
    Subscription,
    Suppression,
)

# A person needs longer than this to fill a form in; a program does not.
FASTEST_PERSON_SECONDS = 2
LONGEST_OPEN_SECONDS = 24 * 60 * 60
LONGEST_WAIT_SECONDS = 10.0
WAIT_SECONDS = 0.05
# A hundred thousand readers are through within an hour of a change of keys.
LINKS_A_MINUTE = 2_000
LINKS_AT_ONCE = 250
KEEP_ATTEMPTS = timedelta(days=2)
KEEP_UNCONFIRMED = timedelta(days=7)


@dataclass(frozen=True)
class Wish:
    """What somebody asks for on the form."""

    email: str
    kind: str = Subscription.Kind.EVERYTHING
    target: int | None = None
    frequency: str = Subscription.Frequency.WEEKLY


def looks_automatic(sealed: str, honeypot: str, now: datetime) -> bool:
    """A filled trap, a form sent faster than a person can, or one whose seal is not ours."""
    seconds = tokens.seconds_since(sealed, now)
    return bool(honeypot) or seconds is None or not FASTEST_PERSON_SECONDS <= seconds <= LONGEST_OPEN_SECONDS


def ask(wish: Wish, *, network: str, page: str, now: datetime) -> None:
    """Prepare a confirmation mail, unless the address or the network has had enough.

    Nothing is returned: known, unknown, blocked and over-asked addresses must look the same from outside.
    """
    try:
        address = tokens.normalised(wish.email)
        validate_email(wish.email)
        validate_email(address)
    except ValidationError:
        return
    if not address.rpartition("@")[2].isascii():
        return
    with transaction.atomic():
        network_hash = PostOffice.open().hash_of(tokens.network_of(network))
        crowded = SignUpAttempt.objects.all().too_many(network_hash, now)
        SignUpAttempt.objects.create(network_hash=network_hash, at=now)
        if crowded:  # says something about the network, nothing about the address
            return
        try:
            with transaction.atomic():
                _ask_if_allowed(address, wish, network_hash, page, now)
        except _NotAllowed:
            return


class _NotAllowed(Exception):
    """Takes everything back that was written for an address."""


def _ask_if_allowed(address: str, wish: Wish, network_hash: str, page: str, now: datetime) -> None:
    """The same work for every address, taken back where it may not be asked: the time of the answer tells nothing."""
    blocked = Suppression.objects.all().blocks(address)
    subscriber, _ = Subscriber.objects.get_or_create(email=address, defaults={"created_at": now})
    allowed = Confirmation.objects.all().may_be_asked_again(subscriber, now)
    _prepare(subscriber, wish, network_hash, page, now)
    if blocked or not allowed:
        raise _NotAllowed


def _prepare(subscriber: Subscriber, wish: Wish, network_hash: str, page: str, now: datetime) -> None:
    subscriber.confirmations.all().open().update(superseded_at=now)
    consent = Consent.objects.create(subscriber=subscriber, page=page[:200], network_hash=network_hash, asked_at=now)
    Confirmation.objects.create(
        subscriber=subscriber,
        consent=consent,
        kind=wish.kind,
        target=wish.target,
        frequency=wish.frequency,
        created_at=now,
        expires_at=now + tokens.CONFIRM_FOR,
        next_try_at=now,
    )


@transaction.atomic
def confirm(token: str, now: datetime) -> Subscriber | None:
    """Use a confirmation link; None when it is used, superseded, too old or not ours."""
    row = Confirmation.objects.usable(now).with_token(token).select_for_update().first()
    if row is None:
        return None
    row.used_at = now
    row.save(update_fields=["used_at"])
    row.consent.give(now)
    subscriber = row.subscriber
    subscriber.welcome(now)
    subscriber.add_choice(row.frequency, row.kind, row.target)
    return subscriber


def leaving(token: str) -> Subscriber | None:
    """The reader an unsubscribe link belongs to. It works for as long as the address is held."""
    reader = Subscriber.objects.with_key(tokens.key_of(token)).first()
    return reader if reader and tokens.is_unsubscribe(token, reader.key, reader.links) else None


def leave(reader: Subscriber, now: datetime) -> None:
    """From the return on not one more letter, also not one that was waiting. Safe to repeat."""
    with transaction.atomic():
        locked = Subscriber.objects.select_for_update().get(pk=reader.pk)
        locked.state, locked.left_at = Subscriber.State.LEFT, locked.left_at or now
        locked.save(update_fields=["state", "left_at"])
        locked.choose("weekly", [])
        locked.choose("alert", [])
        Delivery.objects.waiting_of(locked).withdraw()
    _let_the_line_finish(reader)


def _let_the_line_finish(reader: Subscriber) -> None:
    """A letter that is being spoken to the mail server cannot be called back: answer after it, not before."""
    until = time.monotonic() + LONGEST_WAIT_SECONDS
    while time.monotonic() < until and Delivery.objects.on_the_line().to_reader(reader.key).exists():
        time.sleep(WAIT_SECONDS)


def managing(token: str, now: datetime) -> Subscriber | None:
    reader = Subscriber.objects.with_key(tokens.key_of(token)).first()
    return reader if reader and tokens.is_manage(token, reader.key, now) else None


def pause(reader: Subscriber, paused: bool) -> None:
    """Once paused, not one more letter from the return on."""
    with transaction.atomic():
        locked = Subscriber.objects.select_for_update().get(pk=reader.pk)
        locked.paused, locked.pause_reason = paused, "By the reader" if paused else ""
        locked.save(update_fields=["paused", "pause_reason"])
        if paused:
            Delivery.objects.waiting_of(locked).withdraw()
    if paused:
        _let_the_line_finish(reader)


def erase(reader: Subscriber, now: datetime) -> None:
    """Forget the address. The ledger of letters keeps a key that leads nowhere; no letter comes after the return."""
    leave(reader, now)
    reader.delete()


def data_of(reader: Subscriber) -> dict[str, object]:
    """Everything we hold about a reader, for their download."""
    consents = reader.consents.values("wording_version", "wording", "page", "asked_at", "given_at")
    letters = reader.deliveries.values("run__kind", "run__ends_at", "state", "sent_at")
    return {
        "email": reader.email,
        "state": reader.get_state_display(),
        "paused": reader.paused,
        "confirmed_at": reader.confirmed_at,
        "subscriptions": [str(row) for row in reader.subscriptions.all()],
        "consents": list(consents),
        "letters": list(letters),
    }


def tidy(now: datetime) -> None:
    """Forget sign-ups that nobody confirmed within a week, and old attempts; write down what links are out."""
    SignUpAttempt.objects.all().older_than(now - KEEP_ATTEMPTS).delete()
    Subscriber.objects.never_confirmed(now - KEEP_UNCONFIRMED).delete()
    keep_fingerprints()


def keep_fingerprints() -> int:
    """Make the unsubscribe links of today's key outlive it; a share of the readers each minute. Returns how many."""
    rows = list(Subscriber.objects.without_fingerprint()[:LINKS_A_MINUTE])
    for row in rows:
        row.remember_link()
    return Subscriber.objects.bulk_update(rows, ["links", "links_key"], batch_size=LINKS_AT_ONCE)


@transaction.atomic
def choose(
    reader: Subscriber, weekly: list[tuple[str, int | None]], alert: list[tuple[str, int | None]], quiet: bool
) -> None:
    """Replace everything that a reader gets."""
    reader.wants_quiet_letter = quiet
    reader.save(update_fields=["wants_quiet_letter"])
    reader.choose("weekly", weekly)
    reader.choose("alert", alert)
