"""Numbers: targets with their baselines, and dated measurements towards them."""

from django.db import models

# Enough for pounds in trillions and for shares of an exaFLOPS.
FIGURE_DIGITS = 20
FIGURE_PLACES = 4


class Target(models.Model):
    """What could be counted to tell whether the promise is kept. Any figure may be unknown."""

    commitment = models.ForeignKey("commitments.Commitment", on_delete=models.CASCADE, related_name="targets")
    unit = models.CharField(max_length=200)
    baseline = models.DecimalField(null=True, blank=True, max_digits=FIGURE_DIGITS, decimal_places=FIGURE_PLACES)
    baseline_on = models.DateField(null=True, blank=True)
    value = models.DecimalField(
        null=True,
        blank=True,
        help_text="The figure promised, if one was.",
        max_digits=FIGURE_DIGITS,
        decimal_places=FIGURE_PLACES,
    )
    due_on = models.DateField(null=True, blank=True)
    is_headline = models.BooleanField(default=False, help_text="The one the page draws first.")
    set_later = models.BooleanField(default=False, help_text="Set after the promise, not in its text.")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["-is_headline", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["commitment"], condition=models.Q(is_headline=True), name="target_one_headline"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value if self.value is not None else '?'} {self.unit}"


class Series(models.Model):
    """One measured quantity over time. Series with different starting points are never mixed."""

    ref = models.SlugField(max_length=80, unique=True)
    commitment = models.ForeignKey("commitments.Commitment", on_delete=models.CASCADE, related_name="series")
    target = models.ForeignKey(Target, on_delete=models.SET_NULL, null=True, blank=True, related_name="series")
    title = models.CharField(max_length=200)
    unit = models.CharField(max_length=200)
    baseline = models.DecimalField(null=True, blank=True, max_digits=FIGURE_DIGITS, decimal_places=FIGURE_PLACES)
    goal = models.DecimalField(null=True, blank=True, max_digits=FIGURE_DIGITS, decimal_places=FIGURE_PLACES)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["commitment", "pk"]
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return self.title


class Measurement(models.Model):
    """A dated point of a series. A null value says that nothing could be shown either way."""

    class Kind(models.TextChoices):
        REPORTED = "reported", "Reported"
        PLANNED = "planned", "Planned"
        TARGET = "target", "Target"
        NOT_FOUND = "not_found", "No evidence found"

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="measurements")
    on = models.DateField()
    value = models.DecimalField(null=True, blank=True, max_digits=FIGURE_DIGITS, decimal_places=FIGURE_PLACES)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.REPORTED)
    evidence = models.ForeignKey(
        "commitments.Evidence", on_delete=models.PROTECT, null=True, blank=True, related_name="measurements"
    )
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["series", "on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["series", "on", "kind", "value"], name="measurement_once"),
            models.UniqueConstraint(
                fields=["series", "on", "kind"], condition=models.Q(value__isnull=True), name="measurement_nothing_once"
            ),
            models.CheckConstraint(
                condition=models.Q(value__isnull=False) | models.Q(kind="not_found"), name="measurement_has_value"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on}: {self.value if self.value is not None else 'nothing found'} {self.series.unit}"
