"""The watch's desk in the admin."""

from monitoring.admin.hosts import HostStateAdmin
from monitoring.admin.items import ItemAdmin
from monitoring.admin.sources import SourceAdmin

__all__ = ["HostStateAdmin", "ItemAdmin", "SourceAdmin"]
