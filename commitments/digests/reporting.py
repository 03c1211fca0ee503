"""What the mail service reports back: bounces and complaints, each taken once, whatever is repeated."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from anymail.signals import EventType, RejectReason
from django.db import transaction
from django.utils.module_loading import import_string

from commitments.digests import marking
from commitments.digests.models import Delivery, Suppression, WebhookEvent

# Services whose reports are signed, or come with a name and password: their view, and what the secret is called there.
SERVICES = {
    "brevo": ("anymail.webhooks.brevo.BrevoTrackingWebhookView", "basic_auth"),
    "mailgun": ("anymail.webhooks.mailgun.MailgunTrackingWebhookView", "webhook_signing_key"),
    "mailjet": ("anymail.webhooks.mailjet.MailjetTrackingWebhookView", "basic_auth"),
    "postmark": ("anymail.webhooks.postmark.PostmarkTrackingWebhookView", "basic_auth"),
    "sparkpost": ("anymail.webhooks.sparkpost.SparkPostTrackingWebhookView", "basic_auth"),
}
PERMANENT = (RejectReason.BOUNCED, RejectReason.INVALID)


def view_of(service: str, secret: str) -> Any:
    """The view that checks and reads the reports of a service. A report without its secret is answered 400."""
    path, name = SERVICES[service]
    return import_string(path).as_view(**{name: secret})


def take(event: Any, now: datetime) -> None:
    """Act on one report: what came back for good or was called spam gets no more letters."""
    with transaction.atomic():
        row, is_new = WebhookEvent.objects.get_or_create(
            event_id=_id_of(event), defaults={"kind": event.event_type[:30], "at": now}
        )
        if not is_new or not event.recipient:
            return
        if reason := _reason(event):
            marking.suppress(_storable(event.recipient), reason, _storable(event.description or event.event_type), now)
            row.effect = "The address is blocked."
            row.save(update_fields=["effect"])
            _note(event, now)


def _reason(event: Any) -> str:
    """Why the address must be blocked; empty for what may pass, such as a full mailbox."""
    if event.event_type == EventType.COMPLAINED:
        return Suppression.Reason.COMPLAINED
    came_back = event.event_type in (EventType.BOUNCED, EventType.REJECTED)
    return Suppression.Reason.BOUNCED if came_back and event.reject_reason in PERMANENT else ""


def _note(event: Any, now: datetime) -> None:
    """Write into the ledger of letters what became of this one; a bounce counts as refused."""
    note = f"Reported {event.event_type} on {now:%Y-%m-%d %H:%M} UTC. "
    for row in Delivery.objects.with_message_id(_storable(event.message_id or "")):
        row.note += note
        row.state = row.state if event.event_type == EventType.COMPLAINED else Delivery.State.FAILED
        row.save(update_fields=["note", "state"])


def _id_of(event: Any) -> str:
    """The service's own number of the event; without one, a hash of everything it says."""
    said = event.event_id or sha256(repr(event.esp_event).encode("utf-8", "replace")).hexdigest()
    return _storable(f"{event.event_type} {said}")[:200]


def _storable(text: object) -> str:
    """JSON can spell what no database holds: U+0000 and halves of characters."""
    return str(text).encode("utf-8", "replace").decode().replace("\0", "")
