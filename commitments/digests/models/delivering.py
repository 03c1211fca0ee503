"""One letter to one reader: the row that is the queue and, afterwards, the ledger."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connections, models
from django.db.models import Count, Q
from django.db.models.expressions import RawSQL

from commitments.digests import scheduling
from commitments.digests.models.running import DigestRun, Letter
from commitments.digests.models.subscribing import KEY_LENGTH, Subscriber

# One statement, whatever the number of readers: each gets the letter of the scope they asked for. In the order of the
# letters, so that a sender sets each in type once.
_ADDRESS = """
    INSERT INTO digests_delivery (run_id, letter_id, subscriber_id, subscriber_key, state, attempt, next_try_at,
                                  attempts, repeats, answer, note)
    SELECT letter.run_id, letter.id, reader.id, reader.key, 'due', '', %s, 0, 0, '', ''
    FROM digests_letter letter JOIN digests_subscriber reader ON reader.{column} = letter.scope
    WHERE letter.run_id = %s AND reader.state = 'active' AND NOT reader.paused
      AND (reader.wants_quiet_letter OR NOT letter.is_quiet)
    ORDER BY letter.id, reader.id
"""
_BY_WEEK = _ADDRESS.format(column="weekly_scope")
_AT_ONCE = _ADDRESS.format(column="alert_scope")

# Written out, not bound: SQLite uses an index of some rows only where it reads the same words in the question.
_UNFINISHED = RawSQL("digests_delivery.state IN ('due', 'claimed', 'sending')", [], models.BooleanField())


LONGEST_WAIT = scheduling.LONGEST_RETRY + timedelta(hours=1)
"""Nobody puts a letter off for as long: what waits longer was written by a clock ahead of ours."""
LONGEST_LEASE = timedelta(minutes=10)
"""Nor takes one for longer than a minute. Clocks of one installation agree within less than this."""


class Parcel(NamedTuple):
    """A letter in one sender's hands. Without an address its reader was erased."""

    pk: int
    letter_id: int
    key: str
    email: str
    attempt: str
    attempts: int


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def address(self, run: DigestRun, now: datetime) -> int:
        """Make a delivery out of each letter of a run for each reader who wants it; returns how many."""
        statement = _AT_ONCE if run.kind == DigestRun.Kind.ALERT else _BY_WEEK
        line = connections[self.db]
        with line.cursor() as cursor:
            cursor.execute(statement, [line.ops.adapt_datetimefield_value(now), run.pk])
        return self.filter(run=run).count()

    def due(self, now: datetime) -> "DeliveryQuerySet":
        """What was never tried is due at once: a clock that ran ahead and was set back holds up no first try."""
        is_time = Q(attempts=0) | Q(next_try_at__lte=now) | Q(next_try_at__gt=now + LONGEST_WAIT)
        return self.filter(is_time, state=Delivery.State.DUE, run__state=DigestRun.State.SENDING)

    def of_run(self, run: DigestRun) -> "DeliveryQuerySet":
        return self.filter(run=run)

    def unfinished(self) -> "DeliveryQuerySet":
        return self.filter(_UNFINISHED)

    def never_tried(self) -> "DeliveryQuerySet":
        """Of runs that are being sent, what no mail server was offered yet."""
        return self.filter(run__state=DigestRun.State.SENDING, attempts=0)

    def oldest_built_at(self) -> datetime | None:
        oldest: datetime | None = self.aggregate(at=models.Min("run__built_at"))["at"]
        return oldest

    def abandoned(self, now: datetime) -> "DeliveryQuerySet":
        """Taken by a sender whose lease ended without a word, or who gave itself one by a clock that ran ahead."""
        has_ended = Q(lease_until__lte=now) | Q(lease_until__gt=now + LONGEST_LEASE)
        return self.filter(has_ended, state__in=(Delivery.State.CLAIMED, Delivery.State.SENDING))

    def take(self, attempt: str, most: int, until: datetime) -> list[Parcel]:
        """Claim the first of these letters for one sender, as plain values. Inside a transaction."""
        able = connections[self.db].features
        skip, of = able.has_select_for_update_skip_locked, ("self",) if able.has_select_for_update_of else ()
        rows = self.order_by("pk").select_for_update(skip_locked=skip, of=of)
        found = rows.values_list("pk", "letter_id", "subscriber_key", "subscriber__email", "attempts")[:most]
        batch = [Parcel(pk, letter, key, email or "", attempt, tries) for pk, letter, key, email, tries in found]
        taken = Delivery.objects.filter(pk__in=[parcel.pk for parcel in batch])
        taken.update(state=Delivery.State.CLAIMED, attempt=attempt, lease_until=until)
        return batch

    def renew(self, attempt: str, until: datetime) -> int:
        """One sender's letters, on the line or not yet, stay its own until then; returns how many."""
        held = self.filter(attempt=attempt, state__in=(Delivery.State.CLAIMED, Delivery.State.SENDING))
        return held.update(lease_until=until)

    def held_by(self, attempt: str) -> "DeliveryQuerySet":
        """Taken by one sender's claim and not yet on the line."""
        return self.filter(attempt=attempt, state=Delivery.State.CLAIMED)

    def of(self, parcels: Iterable[Parcel]) -> "DeliveryQuerySet":
        """The rows of parcels, as far as no other sender has taken them over since."""
        parcels = list(parcels)
        attempts = {parcel.attempt for parcel in parcels}
        return self.filter(pk__in=[parcel.pk for parcel in parcels], attempt__in=attempts)

    def on_the_line(self) -> "DeliveryQuerySet":
        return self.filter(state=Delivery.State.SENDING)

    def to_reader(self, key: str) -> "DeliveryQuerySet":
        return self.filter(subscriber_key=key)

    def waiting_of(self, subscriber: Subscriber) -> "DeliveryQuerySet":
        """Letters to a reader that have not begun to leave the house."""
        return self.filter(subscriber=subscriber, state__in=(Delivery.State.DUE, Delivery.State.CLAIMED))

    def withdraw(self) -> None:
        """The reader does not want them any more."""
        self.update(state=Delivery.State.WITHDRAWN, lease_until=None)

    def with_message_id(self, text: str) -> "DeliveryQuerySet":
        """The delivery that a `Message-ID` of ours names; none for any other text."""
        found = re.fullmatch(r"<?digest\.(\d{1,18})\.([0-9a-f]{32})@[^>]*>?", text)
        return self.filter(run_id=int(found[1]), subscriber_key=found[2]) if found else self.none()

    def sums(self) -> dict[str, int]:
        """How many letters are in each state."""
        return dict(self.order_by().values_list("state").annotate(count=Count("pk")))


class Delivery(models.Model):
    """due → claimed → sending → sent, or one of the ends; the state says how far the letter certainly got.

    `claimed` was certainly not handed over, `sent` certainly was. A letter found in `sending` after a crash may
    or may not have left: plain SMTP cannot say. `note` tells what was done about it.
    """

    class State(models.TextChoices):
        DUE = "due", "Due"
        CLAIMED = "claimed", "Taken by a sender"
        SENDING = "sending", "On the line"
        SENT = "sent", "Sent"
        WITHDRAWN = "withdrawn", "Not sent: the reader had left or paused"
        SUPPRESSED = "suppressed", "Not sent: the address is blocked"
        FAILED = "failed", "Refused for good, or given up"
        UNKNOWN = "unknown", "Nobody can say: waits for a person"

    run = models.ForeignKey(DigestRun, on_delete=models.PROTECT, related_name="deliveries")
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="deliveries")
    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.SET_NULL, null=True, blank=True, related_name="deliveries"
    )
    subscriber_key = models.CharField(max_length=KEY_LENGTH)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DUE)
    attempt = models.CharField(max_length=KEY_LENGTH, blank=True, help_text="Which claim holds it.")
    lease_until = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    repeats = models.PositiveSmallIntegerField(default=0, help_text="Times it was handed over again in doubt.")
    sent_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True, help_text="Last word of the receiving server.")
    note = models.TextField(blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "deliveries"
        indexes = [
            # Claiming the next batch of a run in order, and whether a run is finished. Small: what ended is not in it.
            models.Index(
                fields=["run", "id"], name="delivery_unfinished", condition=Q(state__in=("due", "claimed", "sending"))
            ),
            # The sweeper's question, over few rows. Only a letter in somebody's hands has a lease.
            models.Index(fields=["lease_until"], name="delivery_leases", condition=Q(lease_until__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["run", "subscriber_key"], name="delivery_once"),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="delivery_sent_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.subscriber_key[:8]}: {self.get_state_display()}"
