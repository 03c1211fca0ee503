"""The machine's guesses and what people made of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Q, QuerySet

from commitments.models import Commitment
from monitoring.models.items import Item
from monitoring.models.stories import Story


class Band(models.TextChoices):
    LIKELY = "likely", "Likely"
    MAYBE = "maybe", "Maybe"


class State(models.TextChoices):
    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    DISMISSED = "dismissed", "Dismissed"


class Action(models.TextChoices):
    ACCEPT = "accept", "Accepted as evidence"
    DISMISS = "dismiss", "Dismissed"
    SNOOZE = "snooze", "Snoozed"
    ASSIGN = "assign", "Assigned to another commitment"


class ReasonCode(models.TextChoices):
    OTHER_PLACE = "other_place", "Another place or country"
    OTHER_BODY = "other_body", "Another company or body"
    SAME_WORD = "same_word", "Only shares a word"
    OTHER_NEWS = "other_news", "Other news of the same body"
    KNOWN = "known", "Already in the record"
    NO_NEWS = "no_news", "Opinion or repeat; nothing new"
    OTHER = "other", "Something else"


class SuggestionQuerySet(QuerySet["Suggestion"]):
    def undecided(self) -> SuggestionQuerySet:
        return self.filter(state=State.OPEN)

    def waiting(self, now: datetime) -> SuggestionQuerySet:
        """What an editor has to look at: open, and not put off."""
        return self.undecided().filter(Q(snoozed_until_at__isnull=True) | Q(snoozed_until_at__lte=now))

    def snoozed(self, now: datetime) -> SuggestionQuerySet:
        return self.undecided().filter(snoozed_until_at__gt=now)

    def likeliest_first(self) -> SuggestionQuerySet:
        return self.order_by("-score", "pk")

    def narrowed(self, **wanted: Any) -> SuggestionQuerySet:
        """By commitment (pk), band, source (pk) and since (datetime); what is empty does not narrow."""
        fields = {"commitment": "commitment_id", "band": "band", "source": "story__places__item__source_id"}
        found = self.filter(**{fields[name]: value for name, value in wanted.items() if value and name in fields})
        if wanted.get("since"):
            found = found.filter(story__last_at__gte=wanted["since"])
        return found.distinct()

    def with_story(self) -> SuggestionQuerySet:
        """For cards: everything a card prints, in a constant number of queries."""
        return self.select_related("commitment", "story", "item", "item__source").prefetch_related(
            "story__places__item__source"
        )

    def numbered(self, pk: int) -> Suggestion | None:
        return self.filter(pk=pk).first()

    def of_stories(self, stories: Iterable[int]) -> SuggestionQuerySet:
        return self.filter(story_id__in=list(stories))

    def decided_since(self, start: datetime) -> SuggestionQuerySet:
        return self.exclude(state=State.OPEN).filter(decided_at__gte=start)

    def answered(self) -> SuggestionQuerySet:
        """Those that teach: accepted or dismissed, with their item still here."""
        return self.exclude(state=State.OPEN).filter(item__isnull=False).exclude(reason_code=ReasonCode.KNOWN)

    def precision(self, start: datetime) -> list[dict[str, Any]]:
        """Accepted and dismissed since ``start``, per commitment."""
        rows = (
            self.decided_since(start)
            .values("commitment_id", "commitment__ref", "commitment__title", "commitment__watch_query")
            .annotate(
                accepted=Count("pk", filter=Q(state=State.ACCEPTED)),
                dismissed=Count("pk", filter=Q(state=State.DISMISSED)),
                by_query=Count("pk", filter=Q(met_query=True)),
                by_query_accepted=Count("pk", filter=Q(met_query=True, state=State.ACCEPTED)),
            )
            .order_by("commitment__ref")
        )
        return [dict(row) for row in rows]

    def take(self, pk: int, version: int, **changes: Any) -> bool:
        """Write a decision unless somebody was faster: only an open row of this version is taken."""
        return bool(self.filter(pk=pk, version=version, state=State.OPEN).update(version=version + 1, **changes))


class Suggestion(models.Model):
    """“This story may belong to that commitment, because …”. Never public; a person decides."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="suggestions")
    item = models.ForeignKey(
        Item, on_delete=models.SET_NULL, null=True, related_name="suggestions", help_text="The item that fits best."
    )
    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="suggestions")
    score = models.FloatField(help_text="From 0 to 1.")
    band = models.CharField(max_length=8, choices=Band.choices)
    reason = models.JSONField(help_text="Sentence, hits with places, shares of the named numbers.")
    setback = models.CharField(max_length=80, blank=True, help_text="The word that may mean a setback.")
    met_query = models.BooleanField(default=False)
    by_hand = models.BooleanField(default=False, help_text="A person assigned it; the machine did not find it.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    reason_code = models.CharField(max_length=12, choices=ReasonCode.choices, blank=True)
    snoozed_until_at = models.DateTimeField(null=True, blank=True)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=0, help_text="Grows with every decision; a stale form is refused.")

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "pk"]
        permissions = [("triage_suggestion", "Can accept, dismiss, snooze and assign suggestions")]
        indexes = [
            # The inbox: open ones, likeliest first.
            models.Index(fields=["state", "-score"], name="suggestion_inbox"),
            # Precision over the last 90 days.
            models.Index(fields=["decided_at"], name="suggestion_decided"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["story", "commitment"], name="suggestion_once_per_story"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=1), name="suggestion_score_a_share"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_at__isnull=False), name="suggestion_decision_dated"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.story} → {self.commitment.ref}"

    @property
    def proposed_tier(self) -> str:
        """The tier that its source was given; a source without one is taken for a rewriter."""
        return (self.item.source.tier if self.item else "") or "T4"

    def go_back(self, state: str, snoozed_until_at: datetime | None) -> None:
        """Be as it was before a decision that is taken back."""
        self.state, self.snoozed_until_at = state, snoozed_until_at
        self.decided_at, self.decided_by, self.reason_code = None, None, ""
        self.version += 1
        self.save()


class DecisionQuerySet(QuerySet["Decision"]):
    def standing(self) -> DecisionQuerySet:
        return self.filter(undone_at__isnull=True)

    def undoable_by(self, user: Any, now: datetime, grace: timedelta) -> DecisionQuerySet:
        """A person's own decisions that are young enough to be taken back, the latest first."""
        return self.standing().filter(by=user, decided_at__gt=now - grace).order_by("-pk")


class Decision(models.Model):
    """What one person did with one suggestion. Rows are added; taking one back dates it and keeps it."""

    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="decisions")
    action = models.CharField(max_length=8, choices=Action.choices)
    reason_code = models.CharField(max_length=12, choices=ReasonCode.choices, blank=True)
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    batch = models.CharField(max_length=32, blank=True, help_text="Decisions made with one click share it.")
    made = models.JSONField(default=dict, help_text="Evidence and links that this decision made, for taking it back.")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # "Undo" looks for a person's last decisions.
            models.Index(fields=["by", "-decided_at"], name="decision_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.suggestion}"

    def mark_undone(self, now: datetime) -> None:
        self.undone_at = now
        self.save(update_fields=["undone_at"])


class LearnedQuerySet(QuerySet["LearnedWeights"]):
    def latest_models(self) -> LearnedWeights | None:
        return self.order_by("-fitted_at", "-pk").first()


class LearnedWeights(models.Model):
    """The matcher's weights after this site's decisions; the newest row is in use, the older ones are history."""

    fitted_at = models.DateTimeField()
    answers = models.PositiveIntegerField(help_text="Decisions that it learnt from.")
    weights = models.JSONField()

    objects = LearnedQuerySet.as_manager()

    class Meta:
        ordering = ["-fitted_at", "-pk"]
        verbose_name_plural = "learned weights"

    def __str__(self) -> str:
        return f"{self.answers} answers, {self.fitted_at:%Y-%m-%d}"
