"""The envelope: one rendered letter made out to one reader, with the headers that receivers ask for."""

from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from commitments.digests import composing, tokens
from commitments.digests.models import Confirmation, Delivery, Subscriber

# Read by mail services that send a letter once per key, however often it is handed over.
KEY_HEADER = "Idempotency-Key"


def digest(delivery: Delivery, subscriber: Subscriber, now: datetime) -> EmailMultiAlternatives:
    """The letter as it goes to the mail server. The same delivery gives the same Message-ID, always."""
    links = {
        composing.UNSUBSCRIBE_MARK: unsubscribe_link(subscriber),
        composing.MANAGE_MARK: manage_link(subscriber, now),
    }
    text, html = delivery.letter.text, delivery.letter.html
    for mark, link in links.items():
        text, html = text.replace(mark, link), html.replace(mark, link)
    key = f"digest.{delivery.run_id}.{delivery.subscriber_key}"
    headers = {
        **_common(key, now),
        "List-Id": f"{_ascii(settings.SITE_NAME)} <digest.{_host()}>",
        "List-Unsubscribe": f"<{links[composing.UNSUBSCRIBE_MARK]}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
    }
    message = EmailMultiAlternatives(delivery.letter.subject, text, to=[subscriber.email], headers=headers)
    message.attach_alternative(html, "text/html")
    return message


def confirmation(row: Confirmation, now: datetime) -> EmailMultiAlternatives:
    """The mail that asks whether the address really wants letters."""
    context = {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "link": settings.SITE_URL + reverse("digests:confirm", args=[row.token]),
        "wording": row.consent.wording,
    }
    text = render_to_string("digests/mail/confirm.txt", context).strip() + "\n"
    subject = tokens.header(f"Confirm your address for {settings.SITE_NAME}")
    headers = _common(f"confirm.{row.nonce}", now)
    return EmailMultiAlternatives(subject, text, to=[row.subscriber.email], headers=headers)


def unsubscribe_link(subscriber: Subscriber) -> str:
    return settings.SITE_URL + reverse("digests:unsubscribe", args=[subscriber.unsubscribe_token])


def manage_link(subscriber: Subscriber, now: datetime) -> str:
    return settings.SITE_URL + reverse("digests:manage", args=[subscriber.manage_token(now)])


def _common(key: str, now: datetime) -> dict[str, str]:
    return {
        "Message-ID": f"<{key}@{_host()}>",
        KEY_HEADER: key,
        "Date": format_datetime(now),
        "Auto-Submitted": "auto-generated",
    }


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _ascii(text: str) -> str:
    return tokens.header(text).encode("ascii", "replace").decode().replace('"', "'")
