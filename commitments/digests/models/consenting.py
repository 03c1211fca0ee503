"""Proof of consent, the links that give it, and the count of attempts per network."""

from datetime import datetime, timedelta

from django.db import models

from commitments.digests import tokens
from commitments.digests.models.subscribing import KEY_LENGTH, Subscriber, Subscription

WORDING_VERSION = "2026-11"
WORDING = (
    "Send me the letters I chose to this address. I can stop them at any time with the link in every letter. "
    "The address is used for nothing else and given to nobody."
)
ONE_A_DAY = timedelta(hours=24)
MOST_CONFIRMATIONS = 3
MOST_AN_HOUR, MOST_A_DAY = 5, 20


class Consent(models.Model):
    """What a person agreed to, in which words and when: asked on a form, given by pressing a button."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="consents")
    wording_version = models.CharField(max_length=20, default=WORDING_VERSION)
    wording = models.TextField(default=WORDING)
    page = models.CharField(max_length=200, help_text="The address of the form.")
    network_hash = models.CharField(max_length=KEY_LENGTH, blank=True)
    asked_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.subscriber}, wording {self.wording_version}"

    def give(self, now: datetime) -> None:
        self.given_at = now
        self.save(update_fields=["given_at"])


class ConfirmationQuerySet(models.QuerySet["Confirmation"]):
    def due(self, now: datetime) -> "ConfirmationQuerySet":
        """Confirmation mails still to be sent; one that was claimed long ago and never marked counts again."""
        waiting = models.Q(claimed_at__isnull=True) | models.Q(claimed_at__lt=now - timedelta(minutes=10))
        return self.filter(waiting, sent_at__isnull=True, next_try_at__lte=now, superseded_at__isnull=True).filter(
            expires_at__gt=now, used_at__isnull=True
        )

    def usable(self, now: datetime) -> "ConfirmationQuerySet":
        return self.filter(used_at__isnull=True, superseded_at__isnull=True, expires_at__gt=now)

    def with_token(self, token: str) -> "ConfirmationQuerySet":
        return self.filter(nonce=tokens.key_of(token)) if tokens.is_confirm(token) else self.none()

    def open(self) -> "ConfirmationQuerySet":
        return self.filter(used_at__isnull=True)

    def may_be_asked_again(self, subscriber: Subscriber, now: datetime) -> bool:
        """At most one confirmation mail a day, and three until one of them was confirmed."""
        mine = self.filter(subscriber=subscriber)
        since = mine.filter(used_at__isnull=False).aggregate(at=models.Max("created_at"))["at"]
        unanswered = mine.filter(created_at__gt=since) if since else mine
        today, so_far = mine.filter(created_at__gt=now - ONE_A_DAY).exists(), unanswered.count()  # both asked, always
        return not today and so_far < MOST_CONFIRMATIONS


class Confirmation(models.Model):
    """A confirmation mail and its link: 72 hours, once, and only the newest one works."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="confirmations")
    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="confirmations")
    nonce = models.CharField(max_length=KEY_LENGTH, unique=True, default=tokens.new_key)
    kind = models.CharField(max_length=12, choices=Subscription.Kind.choices)
    target = models.PositiveBigIntegerField(null=True, blank=True)
    frequency = models.CharField(max_length=8, choices=Subscription.Frequency.choices)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["sent_at", "next_try_at"], name="confirmation_due")]

    def __str__(self) -> str:
        return f"Confirmation {self.pk}"

    @property
    def token(self) -> str:
        return tokens.confirm_token(self.nonce)

    def take(self, now: datetime) -> bool:
        """Whether this sender may send it; another one may have been faster."""
        mine = type(self).objects.due(now).filter(pk=self.pk)
        return bool(mine.update(claimed_at=now, attempts=models.F("attempts") + 1))

    def was_sent(self, now: datetime) -> None:
        self.sent_at = now
        self.save(update_fields=["sent_at"])

    def try_again(self, at: datetime) -> None:
        self.claimed_at, self.next_try_at = None, at
        self.save(update_fields=["claimed_at", "next_try_at"])


class SignUpAttemptQuerySet(models.QuerySet["SignUpAttempt"]):
    def too_many(self, network_hash: str, now: datetime) -> bool:
        mine = self.filter(network_hash=network_hash)
        return (
            mine.filter(at__gt=now - timedelta(hours=1)).count() >= MOST_AN_HOUR
            or mine.filter(at__gt=now - ONE_A_DAY).count() >= MOST_A_DAY
        )

    def older_than(self, moment: datetime) -> "SignUpAttemptQuerySet":
        return self.filter(at__lt=moment)


class SignUpAttempt(models.Model):
    """One press of the sign-up button, by hashed network, for two days."""

    network_hash = models.CharField(max_length=KEY_LENGTH)
    at = models.DateTimeField()

    objects = SignUpAttemptQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["network_hash", "at"], name="signupattempt_recent")]

    def __str__(self) -> str:
        return f"Attempt at {self.at:%Y-%m-%d %H:%M}"
