"""The post room's rows: who asked for letters, what each run said, and what became of every letter."""

from commitments.digests.models.blocking import PostOffice, Suppression, WebhookEvent
from commitments.digests.models.consenting import Confirmation, Consent, SignUpAttempt
from commitments.digests.models.delivering import Delivery, Parcel
from commitments.digests.models.passing import Register
from commitments.digests.models.running import DigestRun, Letter
from commitments.digests.models.subscribing import Subscriber, Subscription

__all__ = [
    "Confirmation",
    "Consent",
    "Delivery",
    "DigestRun",
    "Letter",
    "Parcel",
    "PostOffice",
    "Register",
    "SignUpAttempt",
    "Subscriber",
    "Subscription",
    "Suppression",
    "WebhookEvent",
]
