"""The watch's desk in the admin."""

from monitoring.admin.hosts import HostStateAdmin
from monitoring.admin.items import ItemAdmin
from monitoring.admin.sources import SourceAdmin
from monitoring.admin.suggestions import DecisionAdmin, LearnedWeightsAdmin, SuggestionAdmin

__all__ = [
    "DecisionAdmin",
    "HostStateAdmin",
    "ItemAdmin",
    "LearnedWeightsAdmin",
    "SourceAdmin",
    "SuggestionAdmin",
]
