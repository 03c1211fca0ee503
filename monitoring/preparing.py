"""The matcher as the tables have it: commitments, aliases that staff keep, recent items, learned weights.

A prepared matcher is kept in the process for an hour, or until a commitment, an alias or the weights change.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max

from commitments.models import Commitment, OrganisationName
from monitoring import matching
from monitoring.learning import Examples
from monitoring.lexicon import Alias, Body
from monitoring.matching import Matcher, Model
from monitoring.models import Item, LearnedWeights, State, Suggestion
from monitoring.reading import CommitmentText, ItemText

RECENT = timedelta(days=90)
MOST_RECENT = 1_500
MOST_EXAMPLES = 1_000
LONGEST_READ = 700
"""Characters of an item's text that are read: about what a feed's summary has. Long articles mention everything."""
KEPT = timedelta(hours=1)

_kept: dict[str, Any] = {}


def matcher(now: datetime) -> Matcher:
    mark = _mark()
    if _kept.get("mark") != mark or not _kept["made_at"] <= now < _kept["made_at"] + KEPT:
        _kept.update(mark=mark, made_at=now, matcher=_prepare(now))
    found: Matcher = _kept["matcher"]
    return found


def item_text(item: Item) -> ItemText:
    return ItemText(str(item.pk), item.title, opening_of(item.text), item.said_by, item.dated_at.date())


def opening_of(text: str) -> str:
    """The first words, cut between two of them; offsets into it are offsets into the whole."""
    if len(text) <= LONGEST_READ:
        return text
    return text[:LONGEST_READ].rsplit(" ", 1)[0]


def commitment_text(commitment: Commitment) -> CommitmentText:
    return CommitmentText(
        key=str(commitment.pk),
        title=commitment.title,
        description=commitment.statement,
        owed_by=tuple(owner.name for owner in commitment.owners.all()),
        sector=", ".join(sector.name for sector in commitment.sectors.all()),
        query=commitment.watch_query,
        terms=tuple(line.strip() for line in commitment.watch_terms.splitlines() if line.strip()),
    )


def watched() -> list[CommitmentText]:
    rows = Commitment.objects.watched().prefetch_related("owners", "sectors").order_by("pk")
    return [commitment_text(row) for row in rows]


def bodies() -> list[Body]:
    """Organisations with the names that staff gave them, dated where the names are."""
    found: dict[int, tuple[str, str, str, list[Alias]]] = {}
    for name in OrganisationName.objects.select_related("organisation"):
        row = name.organisation
        entry = found.setdefault(row.pk, (row.name, _kind(row.kind), "", [Alias(row.name)]))
        entry[3].append(Alias(name.name, 1.0, name.from_on, name.until_on))
    return [Body(name, kind, country, tuple(aliases)) for name, kind, country, aliases in found.values()]


def _kind(words: str) -> str:
    return "company" if words.lower() in ("company", "firm", "charity") else "public"


def _prepare(now: datetime) -> Matcher:
    recent = Item.objects.first_seen_between(now - RECENT, now).newest_first()[:MOST_RECENT]
    made = Matcher(watched(), [item_text(item) for item in recent], bodies=bodies(), models=learned())
    made.examples = examples(made)
    return made


def examples(made: Matcher) -> Examples:
    """The newest decided items, for likeness to them."""
    found = Examples(made.comparer.rarity)
    rows = Suggestion.objects.answered().select_related("item__source").order_by("-decided_at")[:MOST_EXAMPLES]
    for row in rows:
        if row.item is not None:
            reading = made.read(item_text(row.item))
            found.add(str(row.commitment_id), reading, right=row.state == State.ACCEPTED)
    return found


def learned() -> tuple[Model, Model] | None:
    row = LearnedWeights.objects.latest_models()
    if row is None:
        return None
    return matching.read_model(row.weights["text"]), matching.read_model(row.weights["query"])


def bodies_mark() -> tuple[Any, ...]:
    """Changes when staff change the names of bodies."""
    return tuple(OrganisationName.objects.aggregate(Count("pk"), Max("pk")).values())


def _mark() -> tuple[Any, ...]:
    commitments = Commitment.objects.aggregate(Count("pk"), Max("updated_at"))
    weights = LearnedWeights.objects.aggregate(Max("pk"))
    return (*commitments.values(), *bodies_mark(), *weights.values())
