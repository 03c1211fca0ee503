"""The desk: Django's own admin, with forms where a decision is made."""

from commitments.admin import autocompleting, commitments, evidence, figures, ledger, parties, people, sources

__all__ = ["autocompleting", "commitments", "evidence", "figures", "ledger", "parties", "people", "sources"]
