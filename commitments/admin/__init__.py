"""The desk: Django's own admin, with forms where a decision is made."""

from commitments.admin import commitments, evidence, figures, ledger, parties, people, sources

__all__ = ["commitments", "evidence", "figures", "ledger", "parties", "people", "sources"]
