"""Put items into stories, and let people split and merge them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from heapq import nlargest, nsmallest

from django.db import transaction

from monitoring import grouping, sighting
from monitoring.grouping import Clue
from monitoring.models import Decision, Item, State, Story, StoryItem, Suggestion

WINDOW = timedelta(days=grouping.WINDOW_DAYS)
MOST_NEAR = 2_000
"""Items of the window that a new one is compared with: the newest."""
MOST_COMPARED = 24
MOST_TELLING = 16
"""Of an item's words, the rarest that others have too; an event's copies share more than one of them."""
_EVERYWHERE = 0.2
_MANY_IN_A_FEW = 20
"""A word that so many items hold, or that share of them, says nothing about which event it is."""
_FEW = 3
_LONGEST_LIST = 400
"""Holders of one word that are looked at: the newest. Bounds a flood of copies."""


def assign(items: Sequence[Item], *, now: datetime) -> dict[int, Story]:
    """Story of each item. One that has a story keeps it; the others join the likeliest or begin their own."""
    found = {place.item_id: place.story for place in StoryItem.objects.of_items(items).select_related("story")}
    new = sorted((item for item in items if item.pk not in found), key=lambda item: (item.dated_at, item.pk))
    if not new:
        return found
    near, likenesses = _Near(new, now), []
    for item in new:
        clue = near.sight.clue(item)
        story, likeness = near.story_for(clue)
        if story is None:
            story = Story(title=item.title[:500], first_at=item.dated_at, last_at=item.dated_at, made_at=now)
        story.stretch(item.dated_at)
        near.add(clue, story)
        found[item.pk] = story
        likenesses.append(likeness)
    _write([found[item.pk] for item in new])
    places = [
        StoryItem(story=found[item.pk], item=item, likeness=likeness, joined_at=now)
        for item, likeness in zip(new, likenesses, strict=True)
    ]
    StoryItem.objects.bulk_create(places, batch_size=500)
    return found


def _write(touched: Sequence[Story]) -> None:
    once = {id(story): story for story in touched}.values()
    Story.objects.bulk_update([story for story in once if story.pk], ["first_at", "last_at"], batch_size=500)
    Story.objects.bulk_create([story for story in once if not story.pk], batch_size=500)


class _Near:
    """Items of the window around a batch, found again by the rare words they share."""

    def __init__(self, batch: Sequence[Item], now: datetime) -> None:
        self.model, self.sight = grouping.shipped(), sighting.sight(now)
        self.told: list[tuple[Clue, Story]] = []
        self.holders: dict[str, list[tuple[int, float]]] = defaultdict(list)
        """Of each word: places in ``told`` of the items that have it, and its weight there."""
        start, end = batch[0].dated_at - WINDOW, batch[-1].dated_at + WINDOW
        known = StoryItem.objects.dated_between(start, end).newest(MOST_NEAR)
        self.number = len(known) + len(batch)
        stories = Story.objects.in_bulk({story for *_, story in known})
        clues = self.sight.recall([(number, content) for number, content, _ in known])
        for number, _content, story in reversed(known):  # so that the end of each list of holders is the newest
            self.add(clues[number], stories[story])

    def add(self, clue: Clue, story: Story) -> None:
        place = len(self.told)
        self.told.append((clue, story))
        for unit, weight in clue.units.items():
            self.holders[unit].append((place, weight))

    def story_for(self, mine: Clue) -> tuple[Story | None, float]:
        odds: dict[int, list[float]] = defaultdict(list)
        met: dict[int, Story] = {}
        for other, story in self._likest(mine):
            met[id(story)] = story
            odds[id(story)].append(grouping.likeness(mine, other, self.model))
        chosen = grouping.choose_story(odds, self.model.same_from)
        return (met[chosen[0]], chosen[1]) if chosen else (None, 1.0)

    def _likest(self, mine: Clue) -> list[tuple[Clue, Story]]:
        shared: dict[int, float] = {}
        for unit in self._telling(mine):
            weight, before = mine.units[unit], shared.get
            for place, held in self.holders[unit][-_LONGEST_LIST:]:
                shared[place] = before(place, 0.0) + weight * held
        return [self.told[place] for place in nlargest(MOST_COMPARED, shared, key=shared.__getitem__)]

    def _telling(self, mine: Clue) -> list[str]:
        """Words that somebody has but not everybody; the rarest of them in a flood of copies, where all have all."""
        many = max(_MANY_IN_A_FEW, _EVERYWHERE * self.number)
        held = {unit: len(self.holders[unit]) for unit in mine.units if unit in self.holders}
        rare = [unit for unit, holders in held.items() if holders <= many]
        return nlargest(MOST_TELLING, rare, key=mine.units.__getitem__) or nsmallest(_FEW, held, key=held.__getitem__)


@transaction.atomic
def split(item: Item, *, now: datetime) -> Story:
    """Take an item out of its story into one of its own. What was decided about the old story holds for both."""
    place = StoryItem.objects.select_for_update().select_related("story").get(item=item)
    old = place.story
    if old.places.count() < 2:
        return old
    story = Story.objects.create(title=item.title[:500], first_at=item.dated_at, last_at=item.dated_at, made_at=now)
    place.move_to(story)
    for suggestion in old.suggestions.all():
        _copy(suggestion, story, item)
    old.suggestions.filter(item=item).update(item=old.places.order_by("pk").values("item")[:1])
    return story


def _copy(suggestion: Suggestion, story: Story, item: Item) -> None:
    suggestion.pk = None
    suggestion._state.adding = True
    suggestion.story, suggestion.item = story, item
    suggestion.save()


@transaction.atomic
def merge(stories: Iterable[Story], *, into: Story) -> Story:
    """One story out of several. Of two suggestions for one commitment the decided one stays, else the likelier."""
    for other in stories:
        if other.pk == into.pk:
            continue
        StoryItem.objects.filter(story=other).update(story=into, by_hand=True)
        for suggestion in other.suggestions.all():
            _take_over(suggestion, into)
        into.stretch(other.first_at)
        into.stretch(other.last_at)
        other.delete()
    into.save(update_fields=["first_at", "last_at"])
    return into


def _take_over(mine: Suggestion, into: Story) -> None:
    twin = into.suggestions.filter(commitment=mine.commitment_id).first()
    if twin is not None:
        keep, drop = _better(mine, twin)
        Decision.objects.filter(suggestion=drop).update(suggestion=keep)
        drop.delete()
        if keep.pk == twin.pk:
            return
    mine.story = into
    mine.save(update_fields=["story"])


def _better(a: Suggestion, b: Suggestion) -> tuple[Suggestion, Suggestion]:
    def worth(row: Suggestion) -> tuple[bool, bool, float]:
        return row.state == State.ACCEPTED, row.state == State.DISMISSED, row.score

    return (a, b) if worth(a) > worth(b) else (b, a)
