"""Hubs (WebSub): asked to tell us of news, believed only with the secret, and never more than a bell.

What a hub sends is not read: it makes the source due, and the poll that follows asks the publisher's own server. So a
hub that lies, doubles or falls silent costs a conditional request, or an interval of a day.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from monitoring import visiting
from monitoring.fetching import Ask
from monitoring.gathering import Manners
from monitoring.models import HubSubscription, Source
from monitoring.models.hosts import is_own_machine

logger = logging.getLogger(__name__)
MOST_AT_ONCE = 8  # each may take the whole deadline of 20 s, and a task has 240
LEASE_SECONDS = 10 * 86_400
LEAST_LEASE, LONGEST_LEASE = 300, 90 * 86_400
_HASHES = {"sha1", "sha256", "sha384", "sha512"}  # those of the protocol; as a keyed hash the first still holds


def can_be_called() -> bool:
    """No hub reaches a tracker that runs on somebody's own machine."""
    return not is_own_machine(urlsplit(settings.SITE_URL).hostname or "localhost")


def ask_hubs(manners: Manners, now: datetime) -> int:
    """Subscribe where a feed names a hub, and renew what runs out. Returns how many hubs were asked."""
    if not can_be_called():
        return 0
    for source in Source.objects.without_subscription()[:MOST_AT_ONCE]:
        HubSubscription.objects.get_or_create(source=source, defaults={"hub": source.hub, "topic": source.pushed_as})
    subscriptions = list(HubSubscription.objects.to_ask(now)[:MOST_AT_ONCE])
    for one in subscriptions:
        one.note_asked(now, "Asked; the hub has not confirmed it yet.")  # before the asking: some confirm on the spot
    _note_refusals(subscriptions, manners, now)
    return len(subscriptions)


def _note_refusals(subscriptions: Sequence[HubSubscription], manners: Manners, now: datetime) -> None:
    answers = visiting.post_each([_form(one) for one in subscriptions], manners)
    for one, answer in zip(subscriptions, answers, strict=True):
        if not answer.ok:
            one.note_asked(now, f"The hub did not take it: {answer.error or answer.status}")


def _form(subscription: HubSubscription) -> Ask:
    callback = settings.SITE_URL + reverse("monitoring:push", args=[subscription.token])
    form = {
        "hub.mode": "subscribe",
        "hub.topic": subscription.topic,
        "hub.callback": callback,
        "hub.secret": subscription.secret,
        "hub.lease_seconds": str(LEASE_SECONDS),
    }
    return Ask(subscription.hub, form=tuple(form.items()))


@transaction.atomic
def confirm(token: str, asked: Mapping[str, str], now: datetime) -> str | None:
    """What to answer a hub that checks whether we meant it; None when we did not."""
    subscription = HubSubscription.objects.known_as(token)
    if subscription is None or asked.get("hub.topic") != subscription.topic:
        return None
    mode, wanted = asked.get("hub.mode"), subscription.source.life == "active"
    if mode == "denied":
        subscription.end(f"The hub refuses: {asked.get('hub.reason', 'it gives no reason')}")
        return ""
    if mode == "subscribe" and wanted and subscription.asked_at:
        subscription.confirm(now + timedelta(seconds=_lease(asked.get("hub.lease_seconds", ""))))
        return asked.get("hub.challenge", "")
    if mode == "unsubscribe" and not wanted:
        subscription.end("No longer wanted.")
        return asked.get("hub.challenge", "")
    return None


def _lease(stated: str) -> int:
    seconds = int(stated) if stated.isascii() and stated.isdecimal() and len(stated) < 12 else LEASE_SECONDS
    return min(max(seconds, LEAST_LEASE), LONGEST_LEASE)


@transaction.atomic
def hear(token: str, body: bytes, signature: str, now: datetime) -> bool:
    """Whether there is such a subscription. Its source becomes due if the body carries the secret's signature."""
    subscription = HubSubscription.objects.known_as(token)
    if subscription is None or subscription.source.life != "active":
        return False
    if not is_signed(body, subscription.secret, signature):
        logger.warning("%s sent something for %s without our signature", subscription.hub, subscription.topic)
        return True  # the protocol asks for no complaint: it would only help a guesser
    subscription.note_heard(now)
    subscription.source.waken(now, "Its hub says there is something new.")
    return True


def is_signed(body: bytes, secret: str, signature: str) -> bool:
    """`signature` is the header X-Hub-Signature, like sha256=…"""
    name, _equals, stated = signature.partition("=")
    if name not in _HASHES:
        return False
    expected = hmac.new(secret.encode(), body, name).hexdigest()
    return hmac.compare_digest(expected.encode(), stated.strip().lower().encode())
