"""What a run covers and what it said: a row before it is a letter."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q


class DigestRunQuerySet(models.QuerySet["DigestRun"]):
    def weekly(self) -> "DigestRunQuerySet":
        return self.filter(kind=DigestRun.Kind.WEEKLY)

    def alerts(self) -> "DigestRunQuerySet":
        return self.filter(kind=DigestRun.Kind.ALERT)

    def last_of(self, kind: str) -> "DigestRun | None":
        return self.filter(kind=kind).order_by("-ends_at").first()

    def sending(self) -> "DigestRunQuerySet":
        return self.filter(state=DigestRun.State.SENDING)

    def stopped(self) -> "DigestRunQuerySet":
        """Held or paused: they wait for a person."""
        return self.filter(state__in=(DigestRun.State.HELD, DigestRun.State.PAUSED))

    def without_contents(self) -> "DigestRunQuerySet":
        """For those who only carry letters: what a run said may be long."""
        return self.defer("contents", "told")

    def public(self) -> "DigestRunQuerySet":
        """Past letters for the archive: weekly ones that said something."""
        return self.weekly().exclude(contents={}).exclude(state=DigestRun.State.HELD).order_by("-ends_at")


class DigestRun(models.Model):
    """One half-open period. Each starts where the last of its kind ended, and none covers a moment twice."""

    class Kind(models.TextChoices):
        WEEKLY = "weekly", "Weekly letter"
        ALERT = "alert", "At once"

    class State(models.TextChoices):
        SENDING = "sending", "Sending"
        PAUSED = "paused", "Paused: too many letters bounced"
        HELD = "held", "Held: waits for a person's word"
        DONE = "done", "Done"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    follows = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.SENDING)
    state_reason = models.CharField(max_length=300, blank=True)
    through_sequence = models.PositiveBigIntegerField(
        default=0, help_text="Last ledger entry told; the next run goes on after it, whenever that was committed."
    )
    told = models.JSONField(default=list, blank=True, help_text="Numbers of the evidence links told.")
    contents = models.JSONField(default=dict, blank=True)
    head_sequence = models.PositiveBigIntegerField(default=0)
    head_hash = models.CharField(max_length=64, blank=True)
    total = models.PositiveIntegerField(default=0, help_text="Letters made.")
    claims = models.PositiveIntegerField(default=0, help_text="Batches taken for sending; the witness compares it.")
    built_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    objects = DigestRunQuerySet.as_manager()

    class Meta:
        ordering = ["-ends_at"]
        permissions = [("release_run", "Can release a held or paused run, and send a test letter")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "starts_at"], name="digestrun_starts_once"),
            models.UniqueConstraint(fields=["kind", "ends_at"], name="digestrun_ends_once"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="digestrun_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {self.ends_at:%Y-%m-%d %H:%M} UTC"

    def hold(self, reason: str) -> None:
        self.state, self.state_reason = self.State.HELD, reason[:300]
        self.save(update_fields=["state", "state_reason"])

    def pause(self, reason: str) -> None:
        self.state, self.state_reason = self.State.PAUSED, reason[:300]
        self.save(update_fields=["state", "state_reason"])

    def release(self) -> None:
        """A person's word: go on sending."""
        self.state, self.state_reason = self.State.SENDING, ""
        self.save(update_fields=["state", "state_reason"])

    def count_claim(self) -> None:
        """One more batch was taken, by whichever sender."""
        mine = type(self).objects.filter(pk=self.pk)
        mine.update(claims=F("claims") + 1)
        self.claims = mine.values_list("claims", flat=True).get()

    def finish(self, now: datetime) -> None:
        self.state, self.done_at = self.State.DONE, now
        self.save(update_fields=["state", "done_at"])


class Letter(models.Model):
    """One distinct letter of a run: what all readers of one scope get, with gaps for what is theirs alone."""

    run = models.ForeignKey(DigestRun, on_delete=models.CASCADE, related_name="letters")
    scope = models.CharField(max_length=1000)
    is_quiet = models.BooleanField(default=False)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["run", "scope"], name="letter_once")]

    def __str__(self) -> str:
        return self.subject
