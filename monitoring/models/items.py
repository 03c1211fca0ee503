from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connections, models
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from commitments.models.fields import SafeURLField
from monitoring.models import writing
from monitoring.models.sources import Source

KEY = 32
WORDS_SQL = (
    "to_tsvector('simple'::regconfig, regexp_replace("
    "monitoring_item.title || ' ' || left(monitoring_item.text, 100000), '[^[:alnum:]]+', ' ', 'g'))"
)
"""An item's words for PostgreSQL's full-text search, its parser's own ideas of addresses and paths kept out.

An index stands on this very expression; change both together. A text of 100,000 characters stays below what a
tsvector may hold.
"""


class ItemQuerySet(QuerySet["Item"]):
    def known_to(
        self, source_ids: Iterable[int], uids: Iterable[str], links: Iterable[str], titles: Iterable[str]
    ) -> ItemQuerySet:
        """Those of the sources' items that share a key with what has just been read."""
        shared = Q(uid__in=list(uids)) | Q(link_key__in=list(links)) | Q(title_key__in=list(titles))
        return self.filter(shared, source_id__in=list(source_ids))

    def newest_first(self) -> ItemQuerySet:
        return self.select_related("source").order_by("-first_seen_at", "-pk")

    def to_be_compared(self) -> ItemQuerySet:
        """With their sources, without what nobody reads when items are compared."""
        return self.select_related("source").defer("raw", "summary")

    def newest_number(self) -> int:
        """Of the item stored last; 0 without any."""
        return int(self.aggregate(newest=models.Max("pk"))["newest"] or 0)

    def write(self, items: Sequence[Item]) -> None:
        """Store new items; those that another worker has stored in between are passed over."""
        writing.write(writing.inserting(items, self.db, skip_known=True), self.db)

    def unjudged(self) -> ItemQuerySet:
        """Stored, or edited since, but not judged: they have no suggestions yet. Oldest first."""
        return self.filter(judged_at__isnull=True).select_related("source").order_by("pk")

    def numbered_above(self, number: int) -> ItemQuerySet:
        return self.filter(pk__gt=number)

    def of_source(self, source: Source) -> ItemQuerySet:
        return self.filter(source=source)

    def for_me_alone(self) -> ItemQuerySet:
        return self.select_for_update(skip_locked=True, of=("self",))

    def mark_judged(self, now: datetime) -> int:
        return self.order_by().update(judged_at=now)

    def numbered(self, ids: Iterable[int]) -> ItemQuerySet:
        return self.filter(pk__in=list(ids)).select_related("source").order_by("pk")

    def unmatched(self) -> ItemQuerySet:
        """Judged, and no suggestion came of it: for audits."""
        return self.filter(place__story__suggestions__isnull=True)

    def with_words(self, beginnings: Iterable[str]) -> ItemQuerySet:
        """Those that may hold a word with one of these beginnings (plain letters); no beginnings, no narrowing."""
        words = list(beginnings)
        if words and connections[self.db].vendor == "postgresql":
            query = " | ".join(f"{letters}:*" for letters in words)
            held = RawSQL(f"{WORDS_SQL} @@ to_tsquery('simple', %s)", [query], BooleanField())  # nosec B611 # ours
            return self.filter(held)
        wanted = Q()
        for letters in words:
            wanted |= Q(title__icontains=letters) | Q(text__icontains=letters)
        return self.filter(wanted)

    def first_seen_between(self, start: datetime, end: datetime) -> ItemQuerySet:
        return self.filter(first_seen_at__gte=start, first_seen_at__lt=end)


class Item(models.Model):
    """One thing a source said, stored once. `uid` is unique within its source; copies elsewhere share a story."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="items")
    uid = models.CharField(max_length=KEY)
    link_key = models.CharField(max_length=KEY, blank=True)
    title_key = models.CharField(max_length=KEY, blank=True)
    content_hash = models.CharField(max_length=KEY)

    guid = models.CharField(max_length=2000, blank=True, help_text="The id its feed gives it.")
    title = models.CharField(max_length=500, help_text="Text, never markup.")
    link = SafeURLField(blank=True)
    publisher = models.CharField(max_length=200, blank=True)
    author = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField(null=True, blank=True, help_text="As the source says; empty when it does not.")
    summary = models.TextField(blank=True, help_text="Cleaned HTML: a dozen tags, absolute links.")
    text = models.TextField(blank=True, help_text="All its words as plain text; what matching reads.")
    raw = models.TextField(blank=True, help_text="As it came. Never rendered.")
    first_seen_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["-first_seen_at", "-pk"]
        indexes = [
            # "Is it known under another id?", asked for a batch of sources.
            models.Index(fields=["source", "link_key"], name="item_link"),
            models.Index(fields=["source", "title_key"], name="item_title"),
            # The rate of a source's news.
            models.Index(fields=["source", "-published_at"], name="item_rate"),
            # Newest first, over all sources.
            models.Index(fields=["-first_seen_at"], name="item_seen"),
            # What waits to be judged.
            models.Index(fields=["id"], name="item_unjudged", condition=Q(judged_at__isnull=True)),
        ]
        constraints = [models.UniqueConstraint(fields=["source", "uid"], name="item_once_per_source")]

    def __str__(self) -> str:
        return self.title or self.link or self.uid

    @property
    def dated_at(self) -> datetime:
        """When it was said, as well as we know."""
        return self.published_at or self.first_seen_at

    @property
    def said_by(self) -> str:
        return self.publisher or self.source.publisher or self.source.title


class ItemRevision(models.Model):
    """What an item said before it was edited."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="revisions")
    title = models.CharField(max_length=500)
    link = SafeURLField(blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    summary = models.TextField(blank=True)
    text = models.TextField(blank=True)
    raw = models.TextField(blank=True)
    content_hash = models.CharField(max_length=KEY)
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["-replaced_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.title} (until {self.replaced_at:%Y-%m-%d %H:%M})"
