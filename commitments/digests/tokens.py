"""Unguessable links, cleaned headers and addresses in one form. No table is read here."""

import hashlib
import hmac
import ipaddress
import re
import secrets
import unicodedata
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core import signing

MANAGE_FOR = timedelta(days=90)
CONFIRM_FOR = timedelta(hours=72)
MAC_LENGTH = 32
LONGEST_HEADER = 150
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


def new_key() -> str:
    return secrets.token_hex(16)


def unsubscribe_token(key: str, secret: str) -> str:
    """Never expires: it is made from the reader's own secret, not from a key that the site rotates."""
    return f"{key}{_mac(secret, 'unsubscribe')}"


def manage_token(key: str, secret: str, on: date) -> str:
    return f"{key}{on:%Y%m%d}{_mac(secret, f'manage {on:%Y%m%d}')}"


def key_of(token: str) -> str:
    return token[:32]


def is_unsubscribe(token: str, key: str, secret: str) -> bool:
    return hmac.compare_digest(token, unsubscribe_token(key, secret))


def is_manage(token: str, key: str, secret: str, now: datetime) -> bool:
    """The link is genuine and not older than 90 days."""
    try:
        on = datetime.strptime(token[32:40], "%Y%m%d").date()  # noqa: DTZ007 - a date, not an instant
    except ValueError:
        return False
    genuine = hmac.compare_digest(token, manage_token(key, secret, on))
    return genuine and timedelta(days=-2) <= now.date() - on <= MANAGE_FOR


def confirm_token(nonce: str) -> str:
    """Only the nonce is stored: a copy of the database alone confirms nobody."""
    return f"{nonce}{_mac(settings.SECRET_KEY, f'confirm {nonce}')}"


def is_confirm(token: str) -> bool:
    return hmac.compare_digest(token, confirm_token(key_of(token)))


def hash_of(text: str, salt: str) -> str:
    """A keyed hash: comparable here, meaningless elsewhere."""
    return _mac(salt, f"hash {text}")


def stamp(now: datetime) -> str:
    """A sealed time for the hidden field of the sign-up form."""
    return signing.dumps(int(now.timestamp()), salt="digests.form")


def seconds_since(sealed: str, now: datetime) -> int | None:
    """Seconds since a form was shown; None for a seal that is not ours."""
    try:
        return int(now.timestamp()) - int(signing.loads(sealed, salt="digests.form"))
    except signing.BadSignature:
        return None


def normalised(address: str) -> str:
    """One form of an address: Unicode composed, host in lower case and ASCII, mailbox in lower case."""
    local, _, host = unicodedata.normalize("NFC", address.strip()).rpartition("@")
    return f"{local.lower()}@{host.encode('idna').decode('ascii').lower()}"


def network_of(address: str) -> str:
    """What one household shares: the IPv4 address, or the /64 of an IPv6 one."""
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return ""
    return str(ip) if ip.version == 4 else str(ipaddress.ip_network((ip, 64), strict=False))


def header(text: str) -> str:
    """Text that is safe inside a header: no line breaks or control characters, at most 150 characters."""
    cleaned = " ".join(_UNSAFE.sub(" ", text.encode("utf-8", "replace").decode()).split())
    return cleaned if len(cleaned) <= LONGEST_HEADER else f"{cleaned[: LONGEST_HEADER - 1].rstrip()}…"


def _mac(secret: str, text: str) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()[:MAC_LENGTH]
