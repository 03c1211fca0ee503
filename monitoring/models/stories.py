"""One event, many copies: stories, and which story an item belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import QuerySet

from monitoring.models.items import Item


class Story(models.Model):
    """One event as its items tell it. A decision about a story holds for all its items."""

    title = models.CharField(max_length=500)
    first_at = models.DateTimeField(help_text="Date of its earliest item.")
    last_at = models.DateTimeField(help_text="Date of its latest item.")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_at", "-pk"]
        verbose_name_plural = "stories"
        indexes = [
            # The inbox: which stories have news since a day?
            models.Index(fields=["-last_at"], name="story_last"),
        ]

    def __str__(self) -> str:
        return self.title

    def stretch(self, at: datetime) -> None:
        """Make room for an item of this date."""
        self.first_at, self.last_at = min(self.first_at, at), max(self.last_at, at)


class PlaceQuerySet(QuerySet["StoryItem"]):
    def dated_between(self, start: datetime, end: datetime) -> PlaceQuerySet:
        """Places of items said in the period, by their own date or else by when we saw them."""
        dated = models.Q(item__published_at__gte=start, item__published_at__lte=end)
        seen = models.Q(item__published_at__isnull=True, item__first_seen_at__gte=start, item__first_seen_at__lte=end)
        return self.filter(dated | seen)

    def of_items(self, items: Iterable[Item]) -> PlaceQuerySet:
        return self.filter(item_id__in=[item.pk for item in items])

    def newest(self, most: int) -> list[tuple[int, str, int]]:
        """(item, its content hash, story) of the newest places, newest first."""
        rows = self.order_by("-item__first_seen_at", "-item_id")
        return list(rows.values_list("item_id", "item__content_hash", "story_id")[:most])


class StoryItem(models.Model):
    """An item's place in a story. An item has one, for ever, unless a person moves it."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="places")
    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="place")
    likeness = models.FloatField(default=1.0, help_text="How like it was to the story it joined, from 0 to 1.")
    by_hand = models.BooleanField(default=False, help_text="A person put it here.")
    joined_at = models.DateTimeField()

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["joined_at", "pk"]

    def __str__(self) -> str:
        return f"{self.item} in {self.story}"

    def move_to(self, story: Story) -> None:
        """A person puts the item into another story."""
        self.story, self.by_hand = story, True
        self.save(update_fields=["story", "by_hand"])
