"""Who asked for letters, and for which."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from commitments.digests import choosing, tokens

KEY_LENGTH = 32


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def at(self, address: str) -> "SubscriberQuerySet":
        return self.filter(email=tokens.normalised(address))

    def with_key(self, key: str) -> "SubscriberQuerySet":
        return self.filter(key=key)

    def reachable(self) -> "SubscriberQuerySet":
        """Confirmed, not gone, not paused: the only ones a letter may be made for."""
        return self.filter(state=Subscriber.State.ACTIVE, paused=False)

    def never_confirmed(self, before: datetime) -> "SubscriberQuerySet":
        return self.filter(state=Subscriber.State.PENDING, created_at__lt=before).exclude(
            confirmations__created_at__gte=before
        )

    def without_fingerprint(self) -> "SubscriberQuerySet":
        """Readers whose link of today's key is not written down yet."""
        return self.exclude(links_key=tokens.key_name())

    def weekly_scopes(self) -> list[str]:
        """The distinct scopes of weekly readers."""
        return self._scopes("weekly_scope")

    def quiet_scopes(self) -> list[str]:
        """The scopes in which somebody wants a letter also when nothing changed."""
        return self.filter(wants_quiet_letter=True).weekly_scopes()

    def alert_scopes(self) -> list[str]:
        return self._scopes("alert_scope")

    def _scopes(self, column: str) -> list[str]:
        wanted = self.reachable().exclude(**{column: ""})
        return list(wanted.order_by(column).values_list(column, flat=True).distinct())


class Subscriber(models.Model):
    """An address and its wishes. Erasing it leaves the letters' ledger, which knows only `key`."""

    class State(models.TextChoices):
        PENDING = "pending", "Waiting for confirmation"
        ACTIVE = "active", "Confirmed"
        LEFT = "left", "Unsubscribed"

    key = models.CharField(max_length=KEY_LENGTH, unique=True, default=tokens.new_key, editable=False)
    links = models.JSONField(default=list, editable=False, help_text="Fingerprints of the unsubscribe links sent.")
    links_key = models.CharField(max_length=8, blank=True, editable=False, help_text="Key of the newest of them.")
    email = models.EmailField(unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    paused = models.BooleanField(default=False, help_text="Keeps the subscription and sends nothing.")
    pause_reason = models.CharField(max_length=200, blank=True)
    wants_quiet_letter = models.BooleanField(default=False, help_text="Also write when nothing changed.")
    weekly_scope = models.CharField(max_length=1000, blank=True, editable=False)
    alert_scope = models.CharField(max_length=1000, blank=True, editable=False)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            # Building a run joins letters to readers by what they asked for.
            models.Index(fields=["state", "weekly_scope"], name="subscriber_weekly"),
            models.Index(fields=["state", "alert_scope"], name="subscriber_alert"),
            # The minute's question whose link is not written down yet.
            models.Index(fields=["links_key"], name="subscriber_links"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="active") | Q(confirmed_at__isnull=False), name="subscriber_active_is_confirmed"
            ),
            models.CheckConstraint(
                condition=~Q(state="left") | Q(left_at__isnull=False), name="subscriber_left_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"Subscriber {self.key[:8]}"

    @property
    def unsubscribe_token(self) -> str:
        return tokens.unsubscribe_token(self.key)

    def manage_token(self, now: datetime) -> str:
        return tokens.manage_token(self.key, now.date())

    def welcome(self, now: datetime) -> None:
        """Confirmed just now: a pause from before, whosever, would answer the new wish with silence."""
        self.state, self.confirmed_at, self.left_at = self.State.ACTIVE, now, None
        self.paused, self.pause_reason = False, ""
        self.save(update_fields=["state", "confirmed_at", "left_at", "paused", "pause_reason"])

    def remember_link(self) -> None:
        """Keep the fingerprint of the link that today's key makes; saving is the caller's."""
        mark = tokens.fingerprint(self.unsubscribe_token)
        self.links = self.links if mark in self.links else [*self.links, mark]
        self.links_key = tokens.key_name()

    def choose(self, frequency: str, choices: list[tuple[str, int | None]]) -> None:
        """Replace what this reader gets at one frequency; no choices means nothing."""
        self.subscriptions.filter(frequency=frequency).delete()
        unique = dict.fromkeys(choices)
        Subscription.objects.bulk_create(
            Subscription(subscriber=self, frequency=frequency, kind=kind, target=target) for kind, target in unique
        )
        self.refresh_scopes()

    def add_choice(self, frequency: str, kind: str, target: int | None) -> None:
        if self.subscriptions.count() < choosing.MOST_CHOICES:
            self.subscriptions.get_or_create(frequency=frequency, kind=kind, target=target)
        self.refresh_scopes()

    def refresh_scopes(self) -> None:
        """Bring both scope keys in line with the subscriptions."""
        rows = list(self.subscriptions.values_list("frequency", "kind", "target"))
        self.weekly_scope = choosing.scope_of((kind, target) for how, kind, target in rows if how == "weekly")
        self.alert_scope = choosing.scope_of((kind, target) for how, kind, target in rows if how == "alert")
        self.save(update_fields=["weekly_scope", "alert_scope"])


class Subscription(models.Model):
    """One wish of one reader: this scope, this often."""

    class Frequency(models.TextChoices):
        WEEKLY = "weekly", "Once a week"
        ALERT = "alert", "At once, when a status changes"

    class Kind(models.TextChoices):
        EVERYTHING = "everything", "Everything"
        AGREEMENT = "agreement", "One agreement"
        OWNER = "owner", "One owner"
        SECTOR = "sector", "One sector"
        COMMITMENT = "commitment", "One commitment"

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    target = models.PositiveBigIntegerField(null=True, blank=True, help_text="Number of the row that it is about.")
    frequency = models.CharField(max_length=8, choices=Frequency.choices)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "frequency", "kind", "target"], name="subscription_once"),
            models.UniqueConstraint(
                fields=["subscriber", "frequency"],
                condition=Q(target__isnull=True),
                name="subscription_everything_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="everything", target__isnull=True) | (~Q(kind="everything") & Q(target__isnull=False)),
                name="subscription_target",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_frequency_display()}: {self.kind} {self.target or ''}".strip()
