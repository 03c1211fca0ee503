"""The envelope: one rendered letter made out to one reader, with the headers that receivers ask for."""

from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from commitments.digests import composing, tokens
from commitments.digests.models import Confirmation, Letter

# Read by mail services that send a letter once per key, however often it is handed over.
KEY_HEADER = "Idempotency-Key"
# Where the two links of a reader go in a rendered letter.
MARKS = (composing.UNSUBSCRIBE_MARK, composing.MANAGE_MARK)


class Own(NamedTuple):
    """What is a reader's own in a letter; everything else is alike for all of a scope."""

    to: str
    unsubscribe: str
    manage: str
    key: str
    date: str


def own(address: str, key: str, now: datetime) -> Own:
    return Own(address, tokens.unsubscribe_token(key), tokens.manage_token(key, now.date()), key, format_datetime(now))


def made_out(letter: Letter, own: Own) -> EmailMultiAlternatives:
    """The letter as it goes to the mail server. The same letter and reader give the same Message-ID, always."""
    stop = settings.SITE_URL + reverse("digests:unsubscribe", args=[own.unsubscribe])
    links = {MARKS[0]: stop, MARKS[1]: settings.SITE_URL + reverse("digests:manage", args=[own.manage])}
    text, html = letter.text, letter.html
    for mark, link in links.items():
        text, html = text.replace(mark, link), html.replace(mark, link)
    headers = {
        **_common(f"digest.{letter.run_id}.{own.key}", own.date),
        "List-Id": f"{_ascii(settings.SITE_NAME)} <digest.{_host()}>",
        "List-Archive": f"<{settings.SITE_URL}{reverse('digests:archive')}>",
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
    }
    message = EmailMultiAlternatives(letter.subject, text, to=[own.to], headers=headers)
    message.attach_alternative(html, "text/html")
    return message


def to_nobody(made: composing.Composed) -> composing.Composed:
    """The letter as it can be shown: its links lead to the sign-up page, for they belong to no reader."""
    nowhere = settings.SITE_URL + reverse("digests:sign_up")
    text, html = made.text, made.html
    for mark in MARKS:
        text, html = text.replace(mark, nowhere), html.replace(mark, nowhere)
    return replace(made, text=text, html=html)


def test_letter(made: composing.Composed, address: str, now: datetime) -> EmailMultiAlternatives:
    """For staff: a letter to nobody that says that it is a test."""
    headers = {"Date": format_datetime(now), "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(tokens.header(f"Test: {made.subject}"), made.text, to=[address], headers=headers)
    message.attach_alternative(made.html, "text/html")
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
    headers = _common(f"confirm.{row.nonce}", format_datetime(now))
    return EmailMultiAlternatives(subject, text, to=[row.subscriber.email], headers=headers)


def _common(key: str, date: str) -> dict[str, str]:
    return {
        "Message-ID": f"<{key}@{_host()}>",
        KEY_HEADER: key,
        "Date": date,
        "Auto-Submitted": "auto-generated",
    }


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _ascii(text: str) -> str:
    return tokens.header(text).encode("ascii", "replace").decode().replace('"', "'")
