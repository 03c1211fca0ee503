"""What would change a rating, and the steps on the way."""

from django.db import models

from commitments.models.promises import Commitment
from commitments.models.proof import Evidence


class Criterion(models.Model):
    """What would change the rating: “Met if”, “Not met if”, “We would need”."""

    class Kind(models.TextChoices):
        MET_IF = "met_if", "Met if"
        NOT_MET_IF = "not_met_if", "Not met if"
        WE_WOULD_NEED = "we_would_need", "We would need"

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="criteria")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    text = models.TextField()
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["commitment", "kind", "order", "pk"]
        verbose_name_plural = "criteria"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.text}"


class Milestone(models.Model):
    """A step on the way that can be done on its own: designate, build, open."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="milestones")
    title = models.CharField(max_length=200)
    due_on = models.DateField(null=True, blank=True)
    reached_on = models.DateField(null=True, blank=True)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["commitment", "order", "pk"]

    def __str__(self) -> str:
        return self.title
