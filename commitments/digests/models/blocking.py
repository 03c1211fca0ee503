"""Addresses that get nothing more, and the reports that said so."""

from typing import Self

from django.db import models
from django.db.models import Q

from commitments.digests import tokens


class PostOffice(models.Model):
    """The single row of the post room: the salt of its hashes."""

    salt = models.CharField(max_length=32, default=tokens.new_key, editable=False)

    class Meta:
        verbose_name_plural = "post office"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="postoffice_single")]

    def __str__(self) -> str:
        return "The post office"

    @classmethod
    def open(cls) -> Self:
        return cls.objects.get_or_create(pk=1)[0]

    def hash_of(self, text: str) -> str:
        return tokens.hash_of(text, self.salt)


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def blocks(self, address: str) -> bool:
        return self.filter(address_hash=PostOffice.open().hash_of(tokens.normalised(address))).exists()


class Suppression(models.Model):
    """An address that no letter goes to any more, kept as a hash only."""

    class Reason(models.TextChoices):
        REFUSED = "refused", "The receiving server refuses it for good"
        BOUNCED = "bounced", "A letter came back"
        COMPLAINED = "complained", "The reader reported a letter as spam"
        BY_HAND = "by_hand", "Entered by staff"

    address_hash = models.CharField(max_length=32, unique=True)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    detail = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}, {self.at:%Y-%m-%d}"


class WebhookEvent(models.Model):
    """A report of the mail service; its id makes a replay harmless."""

    event_id = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=30)
    effect = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
