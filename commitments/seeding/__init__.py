"""Loading a record folder: read it whole, check it whole, then write it in one transaction.

The format is documented in docs/record-format.md. Nothing here knows the subject
of a record; a second agreement is another folder.
"""

from commitments.seeding.faults import BadRecord, Fault
from commitments.seeding.loading import seed
from commitments.seeding.reporting import Report

__all__ = ["BadRecord", "Fault", "Report", "seed"]
