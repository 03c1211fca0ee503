"""Who promised: organisations under their dated names, sectors, agreements."""

from django.db import models
from django.db.models import Q
from django.urls import reverse


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def owing(self) -> "OrganisationQuerySet":
        """Organisations that owe at least one public commitment."""
        return self.filter(commitments__life="published").distinct()


class Organisation(models.Model):
    """A party: a body that owes commitments or signs agreements."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200, help_text="As printed on the page, in full.")
    short_name = models.CharField(max_length=80, blank=True, help_text="For tables, for example “DSIT”.")
    kind = models.CharField(max_length=80, blank=True, help_text="Company, government department, university …")
    ended_on = models.DateField(null=True, blank=True, help_text="The day the body ceased to exist, if it did.")
    note = models.TextField(blank=True)
    url = models.CharField(max_length=2048, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.short_name or self.name

    def get_absolute_url(self) -> str:
        return reverse("public:owner", args=[self.slug])


class OrganisationName(models.Model):
    """An alias or dated name, for matching and for reading old sources. Staff edit these."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=200)
    from_on = models.DateField(null=True, blank=True, help_text="First day of use; empty when it does not matter.")
    until_on = models.DateField(null=True, blank=True, help_text="Last day of use; empty when still in use.")

    class Meta:
        ordering = ["organisation", "name"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="organisationname_once"),
            models.CheckConstraint(
                condition=Q(from_on__isnull=True) | Q(until_on__isnull=True) | Q(from_on__lte=models.F("until_on")),
                name="organisationname_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Succession(models.Model):
    """Which body took over which work when an organisation ended."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="successions")
    work = models.CharField(max_length=300)
    successor = models.CharField(max_length=200)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.work} → {self.successor}"


class Sector(models.Model):
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("public:sector", args=[self.slug])


class Agreement(models.Model):
    """A memorandum, plan or announcement that holds commitments."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=300)
    signed_on = models.DateField()
    binding = models.BooleanField(default=False, help_text="Legally binding. Most memoranda are not.")
    parties = models.ManyToManyField(Organisation, related_name="agreements")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["signed_on", "slug"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("public:agreement", args=[self.slug])
