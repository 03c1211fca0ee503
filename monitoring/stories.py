"""Put items into stories, and let people split and merge them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.db import transaction

from monitoring import comparing, grouping, preparing
from monitoring.comparing import Rarity
from monitoring.grouping import Clue
from monitoring.models import Decision, Item, State, Story, StoryItem, Suggestion
from monitoring.reading import Reader, Reading

WINDOW = timedelta(days=grouping.WINDOW_DAYS)
MOST_NEAR = 2_000
MOST_COMPARED = 40
_EVERYWHERE = 0.2
_FEW = 3


def assign(items: Sequence[Item], *, now: datetime) -> dict[int, Story]:
    """Story of each item. One that has a story keeps it; the others join the likeliest or begin their own."""
    found = {place.item_id: place.story for place in StoryItem.objects.of_items(items).select_related("story")}
    new = sorted((item for item in items if item.pk not in found), key=lambda item: (item.dated_at, item.pk))
    if not new:
        return found
    near = _Near(new)
    places = []
    touched: dict[int, Story] = {}
    for item in new:
        story, likeness = near.story_for(item)
        if story is None:
            story = Story.objects.create(
                title=item.title[:500], first_at=item.dated_at, last_at=item.dated_at, made_at=now
            )
        story.stretch(item.dated_at)
        touched[story.pk] = story
        near.add(item, story)
        found[item.pk] = story
        places.append(StoryItem(story=story, item=item, likeness=likeness, joined_at=now))
    Story.objects.bulk_update(touched.values(), ["first_at", "last_at"], batch_size=500)
    StoryItem.objects.bulk_create(places, batch_size=500)
    return found


class _Near:
    """Items of the window around a batch, found again by the rare words they share."""

    def __init__(self, batch: Sequence[Item]) -> None:
        start, end = batch[0].dated_at - WINDOW, batch[-1].dated_at + WINDOW
        places = StoryItem.objects.dated_between(start, end).newest_first().select_related("story", "item__source")
        known = list(places[:MOST_NEAR])
        self.reader, self.model = _reader(preparing.bodies_mark()), grouping.shipped()
        readings = [self._read(item) for item in (*[place.item for place in known], *batch)]
        self.rarity: Rarity = comparing.rarity(readings, [])
        self.by_word: dict[str, list[tuple[Clue, int]]] = defaultdict(list)
        self.stories: dict[int, Story] = {}
        for place in known:
            self.add(place.item, place.story)

    def add(self, item: Item, story: Story) -> None:
        self.stories[story.pk] = story
        clue = self._clue(item)
        for word in clue.words:
            self.by_word[word].append((clue, story.pk))

    def story_for(self, item: Item) -> tuple[Story | None, float]:
        mine = self._clue(item)
        near: dict[str, list[Clue]] = defaultdict(list)
        for clue, story in self._likest(mine):
            near[str(story)].append(clue)
        chosen = grouping.choose_story(mine, near, self.model)
        return (self.stories[int(chosen[0])], chosen[1]) if chosen else (None, 1.0)

    def _likest(self, mine: Clue) -> list[tuple[Clue, int]]:
        shared: dict[str, float] = defaultdict(float)
        found: dict[str, tuple[Clue, int]] = {}
        for word in self._telling(mine):
            for clue, story in self.by_word[word][-400:]:
                shared[clue.id] += mine.words[word] * clue.words[word]
                found[clue.id] = (clue, story)
        best = sorted(shared, key=lambda name: -shared[name])[:MOST_COMPARED]
        return [found[name] for name in best]

    def _telling(self, mine: Clue) -> list[str]:
        """Words that somebody has but not everybody; the rarest of them in a flood of copies, where all have all."""
        many = max(20, _EVERYWHERE * self.rarity.items)
        held = {word: len(self.by_word[word]) for word in mine.words if word in self.by_word}
        rare = [word for word, holders in held.items() if holders <= many]
        return rare or sorted(held, key=held.__getitem__)[:_FEW]

    def _clue(self, item: Item) -> Clue:
        return grouping.clue(preparing.item_text(item), self._read(item), self.rarity)

    def _read(self, item: Item) -> Reading:
        text = preparing.item_text(item)
        return _kept_reading(self.reader, text.title, text.summary, text.published_on)


@lru_cache(maxsize=1)
def _reader(mark: object) -> Reader:
    return Reader(preparing.bodies())


@lru_cache(maxsize=MOST_NEAR + 400)
def _kept_reading(reader: Reader, title: str, summary: str, day: date | None) -> Reading:
    """Batch after batch asks for the same neighbours: two thousand texts would be read for two hundred new ones."""
    return reader.read(title, summary, day)


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
