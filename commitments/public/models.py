"""What readers send us: challenges to what a page says, and the answers."""

from datetime import date, datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q

from commitments.models import Commitment, StatusChange

TEXT_LENGTH = 4000


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    def shown(self) -> "ChallengeQuerySet":
        """Those that staff found fit to print; the rest is only for them."""
        return self.filter(is_public=True).select_related("commitment")

    def about(self, commitment: int) -> "ChallengeQuerySet":
        return self.filter(commitment=commitment)

    def sent_by(self, day: date) -> "ChallengeQuerySet":
        return self.filter(sent_at__date__lte=day)

    def since(self, moment: datetime) -> "ChallengeQuerySet":
        return self.filter(sent_at__gte=moment)

    def unanswered(self) -> "ChallengeQuerySet":
        return self.filter(answered_at=None, is_public=None)


class Challenge(models.Model):
    """A reader says that something is wrong. Staff answer; challenge and answer are then printed."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    text = models.TextField(max_length=TEXT_LENGTH)
    source_url = models.CharField(max_length=500, blank=True, help_text="Where the reader says it can be read.")
    sender = models.CharField(max_length=254, blank=True, help_text="E-mail for an answer. Never printed.")
    sent_at = models.DateTimeField(db_index=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    is_public = models.BooleanField(null=True, help_text="Print it with its answer? Unknown until somebody decides.")

    objects = ChallengeQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | ~Q(answer=""), name="challenge_answered_has_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sent_at:%d %B %Y}: {self.text[:60]}"

    def reply(self, answer: str, *, now: datetime, public: bool) -> None:
        """Answer it, and say whether challenge and answer are printed."""
        self.answer, self.answered_at, self.is_public = answer.strip(), now, public
        self.save(update_fields=["answer", "answered_at", "is_public"])


class RecordVersion(models.Model):
    """One row: a token that is replaced whenever the record changes (see `versioning`)."""

    token = models.CharField(max_length=16)

    def __str__(self) -> str:
        return self.token


class PictureQuerySet(models.QuerySet["Picture"]):
    def with_words(self, commitment: int, words: str) -> "Picture | None":
        return self.filter(commitment=commitment, words=words).first()

    def commitments_without(self, edition: str) -> models.QuerySet[Commitment]:
        """Public commitments that have changed since they were drawn in this edition, or never were."""
        drawn = self.filter(
            commitment=OuterRef("pk"),
            change=OuterRef("last_change"),
            drawn_at__gte=OuterRef("updated_at"),
            words__startswith=edition,
        )
        return Commitment.objects.published().filter(~Exists(drawn), last_change__isnull=False).order_by("pk")


class Picture(models.Model):
    """The social card of a commitment, drawn when its status changed. Kept bytes only: it can be drawn again."""

    commitment = models.OneToOneField(Commitment, on_delete=models.CASCADE, related_name="+")
    change = models.ForeignKey(StatusChange, on_delete=models.CASCADE, related_name="+")
    words = models.CharField(max_length=80, help_text="Edition of the drawing and SHA-256 of what it says.")
    png = models.BinaryField()
    drawn_at = models.DateTimeField()

    objects = PictureQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.commitment_id}: {self.words[:12]}"


class FormerAddress(models.Model):
    """An address that an agreement, owner or sector once had; it leads to the party or to a tombstone, for ever."""

    kind = models.CharField(max_length=12, help_text="As in the address: agreements, owners or sectors.")
    slug = models.SlugField(max_length=80)
    party = models.BigIntegerField(null=True, help_text="Its key; empty once it was deleted.")
    name = models.CharField(max_length=300, help_text="What it was called when it left the address.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "slug"], name="formeraddress_once")]

    def __str__(self) -> str:
        return f"/{self.kind}/{self.slug}/"
