"""What the sources said: documents, wordings, disagreements, quantified claims."""

from datetime import date

from django.db import models

from commitments.models.fields import SafeURLField
from commitments.status import Firmness, Precision


class SourceDocument(models.Model):
    """A piece of coverage or a primary document that words were read in."""

    class Kind(models.TextChoices):
        COVERAGE = "coverage", "Coverage"
        PRIMARY = "primary", "Primary document"

    ref = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    title = models.CharField(max_length=300)
    publisher = models.CharField(max_length=200, blank=True)
    published_on = models.DateField()
    date_precision = models.CharField(max_length=12, choices=Precision.choices, default=Precision.DAY, blank=True)
    url = SafeURLField(blank=True)
    read_as = models.CharField(max_length=300, blank=True, help_text="How much of it was read, and in what form.")
    sentence_count = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["published_on", "ref"]

    def __str__(self) -> str:
        return self.title


class Wording(models.Model):
    """How one source put one promise, in our words, and how firm its verb was."""

    commitment = models.ForeignKey("commitments.Commitment", on_delete=models.CASCADE, related_name="wordings")
    document = models.ForeignKey(SourceDocument, on_delete=models.PROTECT, related_name="wordings")
    sentence = models.PositiveSmallIntegerField(
        default=0, help_text="Number of the sentence in the piece, from 1; 0 for the document as a whole."
    )
    paraphrase = models.TextField(help_text="In our own words; never a copied sentence.")
    hedge = models.CharField(max_length=120, blank=True, help_text="The few words that set the firmness: “plans to”.")
    firmness = models.CharField(max_length=12, choices=Firmness.choices)
    is_primary = models.BooleanField(default=False, help_text="The wording this record follows.")

    class Meta:
        ordering = ["-is_primary", "document__published_on", "document__ref", "sentence"]
        constraints = [
            models.UniqueConstraint(fields=["commitment", "document", "sentence"], name="wording_once"),
        ]

    def __str__(self) -> str:
        return self.paraphrase


class ConflictQuerySet(models.QuerySet["Conflict"]):
    def known_on(self, day: date) -> "ConflictQuerySet":
        """Those with no dated source yet to come: a disagreement exists once its last side is public."""
        later = Reading.objects.filter(conflict=models.OuterRef("pk"), document__published_on__gt=day)
        return self.exclude(models.Exists(later))


class Conflict(models.Model):
    """A point on which sources disagree, and how this record deals with it."""

    class Subject(models.TextChoices):
        FIGURE = "figure", "Figure"
        NAME = "name", "Name"
        SCOPE = "scope", "Scope"
        OWNER = "owner", "Owner"
        DATE = "date", "Date"
        FIRMNESS = "firmness", "Firmness"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        RESOLVED = "resolved", "Resolved"
        BOTH_STAND = "both_stand", "Both stand"

    commitment = models.ForeignKey("commitments.Commitment", on_delete=models.CASCADE, related_name="conflicts")
    point = models.CharField(max_length=200)
    subject = models.CharField(max_length=12, choices=Subject.choices)
    detail = models.TextField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    resolution = models.TextField(blank=True)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        ordering = ["commitment", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["commitment", "point"], name="conflict_once"),
            models.CheckConstraint(
                condition=~models.Q(state="resolved") | ~models.Q(resolution=""), name="conflict_resolution_said"
            ),
        ]

    def __str__(self) -> str:
        return self.point


class Reading(models.Model):
    """One side of a conflict: what one document, or one unnamed source, says."""

    conflict = models.ForeignKey(Conflict, on_delete=models.CASCADE, related_name="readings")
    document = models.ForeignKey(
        SourceDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="readings"
    )
    value = models.CharField(max_length=300, blank=True, help_text="What this source says on the point, briefly.")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.value or str(self.document)


class Claim(models.Model):
    """A quantified or checkable statement in the coverage that nobody promised."""

    ref = models.SlugField(max_length=80, unique=True)
    agreement = models.ForeignKey("commitments.Agreement", on_delete=models.CASCADE, related_name="claims")
    statement = models.TextField()
    value = models.CharField(max_length=120, blank=True)
    claimant = models.CharField(max_length=120, blank=True)
    documents = models.ManyToManyField(SourceDocument, related_name="claims", blank=True)
    contested = models.BooleanField(default=False)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["ref"]

    def __str__(self) -> str:
        return self.statement
