"""The watch's tables. `from monitoring.models import Source, Item`."""

from monitoring.models.backfills import Backfill
from monitoring.models.fetches import Fetch
from monitoring.models.hosts import HostState
from monitoring.models.hubs import HubSubscription
from monitoring.models.items import Item, ItemRevision
from monitoring.models.sources import Source
from monitoring.models.stories import Story, StoryItem
from monitoring.models.suggestions import Action, Band, Decision, LearnedWeights, ReasonCode, State, Suggestion

__all__ = [
    "Action",
    "Backfill",
    "Band",
    "Decision",
    "Fetch",
    "HostState",
    "HubSubscription",
    "Item",
    "ItemRevision",
    "LearnedWeights",
    "ReasonCode",
    "Source",
    "State",
    "Story",
    "StoryItem",
    "Suggestion",
]
