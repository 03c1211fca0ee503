"""The watch's tables. `from monitoring.models import Source, Item`."""

from monitoring.models.fetches import Fetch
from monitoring.models.hosts import HostState
from monitoring.models.items import Item, ItemRevision
from monitoring.models.sources import Source

__all__ = ["Fetch", "HostState", "Item", "ItemRevision", "Source"]
