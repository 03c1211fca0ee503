"""One letter to one reader: the row that is the queue and, afterwards, the ledger."""

import re
from datetime import datetime

from django.db import connections, models
from django.db.models import Count, Q

from commitments.digests.models.running import DigestRun, Letter
from commitments.digests.models.subscribing import KEY_LENGTH, Subscriber

# One statement, whatever the number of readers: each gets the letter of the scope they asked for.
_ADDRESS = """
    INSERT INTO digests_delivery (run_id, letter_id, subscriber_id, subscriber_key, state, attempt, next_try_at,
                                  attempts, repeats, answer, note)
    SELECT letter.run_id, letter.id, reader.id, reader.key, 'due', '', %s, 0, 0, '', ''
    FROM digests_letter letter JOIN digests_subscriber reader ON reader.{column} = letter.scope
    WHERE letter.run_id = %s AND reader.state = 'active' AND NOT reader.paused
      AND (reader.wants_quiet_letter OR NOT letter.is_quiet)
    ORDER BY reader.id
"""
# One statement for the last question before a letter leaves: is it still this sender's, does the reader still want it,
# is the address not blocked? It needs no lock on the reader: who leaves writes to the same row.
_PUT_ON_THE_LINE = """
    UPDATE digests_delivery SET state = 'sending', lease_until = %s
    WHERE id = %s AND attempt = %s AND state = 'claimed'
      AND EXISTS (SELECT 1 FROM digests_subscriber reader
                  WHERE reader.id = digests_delivery.subscriber_id AND reader.state = 'active' AND NOT reader.paused)
      AND NOT EXISTS (SELECT 1 FROM digests_suppression WHERE address_hash = %s)
"""
_SENT = """
    UPDATE digests_delivery SET state = 'sent', sent_at = %s, answer = 'Accepted', attempts = attempts + 1,
                                lease_until = NULL
    WHERE id = %s AND attempt = %s
"""
_BY_WEEK = _ADDRESS.format(column="weekly_scope")
_AT_ONCE = _ADDRESS.format(column="alert_scope")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def address(self, run: DigestRun, now: datetime) -> int:
        """Make a delivery out of each letter of a run for each reader who wants it; returns how many."""
        statement = _AT_ONCE if run.kind == DigestRun.Kind.ALERT else _BY_WEEK
        line = connections[self.db]
        with line.cursor() as cursor:
            cursor.execute(statement, [line.ops.adapt_datetimefield_value(now), run.pk])
        return self.filter(run=run).count()

    def put_on_the_line(self, delivery: "Delivery", address_hash: str, until: datetime) -> bool:
        """Whether the letter may leave now; if so, its row says `sending` until the lease ends."""
        line = connections[self.db]
        with line.cursor() as cursor:
            lease = line.ops.adapt_datetimefield_value(until)
            cursor.execute(_PUT_ON_THE_LINE, [lease, delivery.pk, delivery.attempt, address_hash])
            return bool(cursor.rowcount)

    def accepted(self, delivery: "Delivery", at: datetime) -> None:
        """The server took the letter. Nothing is written when another sender has taken the row over since."""
        line = connections[self.db]
        with line.cursor() as cursor:
            cursor.execute(_SENT, [line.ops.adapt_datetimefield_value(at), delivery.pk, delivery.attempt])

    def due(self, now: datetime) -> "DeliveryQuerySet":
        return self.filter(state=Delivery.State.DUE, next_try_at__lte=now, run__state=DigestRun.State.SENDING)

    def unfinished(self) -> "DeliveryQuerySet":
        return self.filter(state__in=(Delivery.State.DUE, Delivery.State.CLAIMED, Delivery.State.SENDING))

    def never_tried(self) -> "DeliveryQuerySet":
        """Of runs that are being sent, what no mail server was offered yet."""
        return self.filter(run__state=DigestRun.State.SENDING, attempts=0)

    def oldest_built_at(self) -> datetime | None:
        oldest: datetime | None = self.aggregate(at=models.Min("run__built_at"))["at"]
        return oldest

    def abandoned(self, now: datetime) -> "DeliveryQuerySet":
        """Taken by a sender whose lease ended without a word."""
        return self.filter(state__in=(Delivery.State.CLAIMED, Delivery.State.SENDING), lease_until__lte=now)

    def held_by(self, attempt: str) -> "DeliveryQuerySet":
        """Taken by one sender's claim and not yet on the line."""
        return self.filter(attempt=attempt, state=Delivery.State.CLAIMED)

    def to_be_sent(self) -> "DeliveryQuerySet":
        """In order, with readers; a letter that many of them get is read once."""
        reader = ("subscriber__key", "subscriber__email")
        rows = self.select_related("subscriber").only("run_id", "letter_id", "subscriber_key", "attempt", *reader)
        return rows.prefetch_related("letter").order_by("pk")

    def on_the_line(self) -> "DeliveryQuerySet":
        return self.filter(state=Delivery.State.SENDING)

    def waiting_of(self, subscriber: Subscriber) -> "DeliveryQuerySet":
        """Letters to a reader that have not begun to leave the house."""
        return self.filter(subscriber=subscriber, state__in=(Delivery.State.DUE, Delivery.State.CLAIMED))

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
            # Claiming the next batch of a run.
            models.Index(fields=["run", "state", "next_try_at"], name="delivery_next"),
            # The sweeper's question, over few rows.
            models.Index(fields=["lease_until"], name="delivery_leases", condition=Q(state__in=("claimed", "sending"))),
        ]
        constraints = [
            models.UniqueConstraint(fields=["run", "subscriber_key"], name="delivery_once"),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="delivery_sent_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.subscriber_key[:8]}: {self.get_state_display()}"
