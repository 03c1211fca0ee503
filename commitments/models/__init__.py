"""The record: what was promised, what happened, on what proof.

One import surface for the other rooms: `from commitments.models import Commitment`.
"""

from commitments.models.criteria import Criterion, Milestone
from commitments.models.figures import Measurement, Series, Target
from commitments.models.history import LedgerHead, StatusChange
from commitments.models.inquiries import ReplyRequest, SearchRecord
from commitments.models.parties import Agreement, Organisation, OrganisationName, Sector, Succession
from commitments.models.promises import Commitment
from commitments.models.proof import Evidence, EvidenceLink
from commitments.models.proposals import Proposal
from commitments.models.refusing import ConcurrentChange, NeedsSecondPerson, Refused
from commitments.models.revisions import FormerSlug, Revision
from commitments.models.wordings import Claim, Conflict, Reading, SourceDocument, Wording

__all__ = [
    "Agreement",
    "Claim",
    "Commitment",
    "ConcurrentChange",
    "Conflict",
    "Criterion",
    "Evidence",
    "EvidenceLink",
    "FormerSlug",
    "LedgerHead",
    "Measurement",
    "Milestone",
    "NeedsSecondPerson",
    "Organisation",
    "OrganisationName",
    "Proposal",
    "Reading",
    "Refused",
    "ReplyRequest",
    "Revision",
    "SearchRecord",
    "Sector",
    "Series",
    "SourceDocument",
    "StatusChange",
    "Succession",
    "Target",
    "Wording",
]
