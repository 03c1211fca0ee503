"""Turn matches of items into suggestions, one for each story and commitment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from commitments.models import Commitment
from monitoring import explaining, matching, preparing
from monitoring.explaining import Reason
from monitoring.matching import Match, Matcher
from monitoring.models import Item, State, Story, Suggestion

Found = dict[tuple[int, int], tuple[Match, Reason, Item]]


def suggest(
    items: Sequence[Item], stories: Mapping[int, Story], *, now: datetime, only: Commitment | None = None
) -> list[Suggestion]:
    """New suggestions of the items. A decided pair never comes back; an open one takes the better score."""
    matcher = preparing.matcher(now)
    with matching.collector_resting():
        found = _best_of_each(items, stories, matcher)
    if only is not None:
        found = {pair: one for pair, one in found.items() if pair[1] == only.pk}
    if not found:
        return []
    known = {
        (row.story_id, row.commitment_id): row for row in Suggestion.objects.of_stories({story for story, _ in found})
    }
    new = [_row(pair, *found[pair], now=now) for pair in found if pair not in known]
    better = [
        _improve(known[pair], *found[pair])
        for pair in found
        if pair in known and _is_better(known[pair], found[pair][0])
    ]
    Suggestion.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    Suggestion.objects.bulk_update(better, ["score", "band", "reason", "setback", "item", "met_query"], batch_size=500)
    return new


def _best_of_each(items: Iterable[Item], stories: Mapping[int, Story], matcher: Matcher) -> Found:
    found: Found = {}
    for item in items:
        story = stories[item.pk]
        for match in matcher.find_matches(preparing.item_text(item)):
            if not match.band:
                continue
            pair = (story.pk, int(match.commitment))
            if pair in found and found[pair][0].score >= match.score:
                continue
            reason = explaining.explain(match, matcher)
            if reason.hits:
                found[pair] = (match, reason, item)
    return found


def _row(pair: tuple[int, int], match: Match, reason: Reason, item: Item, *, now: datetime) -> Suggestion:
    story, commitment = pair
    row = Suggestion(story_id=story, commitment_id=commitment, found_at=now)
    return _improve(row, match, reason, item)


def _improve(row: Suggestion, match: Match, reason: Reason, item: Item) -> Suggestion:
    row.item, row.score, row.band = item, round(match.score, 4), match.band
    row.reason, row.setback = reason.as_json(), reason.setback[:80]
    row.met_query = match.features["query"] > 0
    return row


def _is_better(row: Suggestion, match: Match) -> bool:
    return row.state == State.OPEN and match.score > row.score + 0.001
