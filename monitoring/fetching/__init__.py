"""The one door to the network. Nothing else in the project talks HTTP."""

from monitoring.fetching.addresses import Refused, forbidden_reason, objection, read_networks
from monitoring.fetching.asking import Ask, Fetcher
from monitoring.fetching.outcomes import Fetched, Outcome
from monitoring.fetching.transport import Gate

__all__ = [
    "Ask",
    "Fetched",
    "Fetcher",
    "Gate",
    "Outcome",
    "Refused",
    "forbidden_reason",
    "objection",
    "read_networks",
]
