"""Unguessable links, cleaned headers and addresses in one form. No table is read here."""

import hashlib
import hmac
import ipaddress
import re
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core import signing

MANAGE_FOR = timedelta(days=90)
CONFIRM_FOR = timedelta(hours=72)
MAC_LENGTH = 32
LONGEST_HEADER = 150
_KEY = re.compile(r"[0-9a-f]{32}")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


def new_key() -> str:
    return secrets.token_hex(16)


def unsubscribe_token(key: str, secret: str | None = None) -> str:
    """Made from the site's key. It is written down as a fingerprint too, so that it outlives that key."""
    return f"{key}{_mac(secret or settings.SECRET_KEY, f'unsubscribe {key}')}"


def manage_token(key: str, on: date, secret: str | None = None) -> str:
    day = f"{on:%Y%m%d}"
    return f"{key}{day}{_mac(secret or settings.SECRET_KEY, f'manage {key} {day}')}"


def key_of(token: str) -> str:
    """The first half of a token, which names its row; empty for what cannot be one of ours."""
    return token[:32] if _KEY.match(token) else ""


def fingerprint(token: str) -> str:
    """What is kept of a link: enough to know it again, not enough to make it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()[:MAC_LENGTH]


def key_name() -> str:
    """Names the site's key without giving it away, so that a change of keys is seen."""
    return _mac(settings.SECRET_KEY, "name of the key")[:8]


def is_unsubscribe(token: str, key: str, fingerprints: Sequence[str]) -> bool:
    mine = fingerprint(token)
    kept = any(_same(mine, known) for known in fingerprints)
    return kept or any(_same(token, unsubscribe_token(key, secret)) for secret in _secrets())


def is_manage(token: str, key: str, now: datetime) -> bool:
    """The link is genuine and not older than 90 days."""
    try:
        on = datetime.strptime(token[32:40], "%Y%m%d").date()  # noqa: DTZ007 - a date, not an instant
    except ValueError:
        return False
    genuine = any(_same(token, manage_token(key, on, secret)) for secret in _secrets())
    return genuine and timedelta(days=-2) <= now.date() - on <= MANAGE_FOR


def confirm_token(nonce: str, secret: str | None = None) -> str:
    """Only the nonce is stored: a copy of the database alone confirms nobody."""
    return f"{nonce}{_mac(secret or settings.SECRET_KEY, f'confirm {nonce}')}"


def is_confirm(token: str) -> bool:
    return any(_same(token, confirm_token(key_of(token), secret)) for secret in _secrets())


def _secrets() -> list[str]:
    """The site's key and those before it: a change of keys breaks no link that is under way."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _same(given: str, ours: str) -> bool:
    """In constant time, and for any text: what is not ASCII is compared as bytes."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), ours.encode())


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
    """One form of an address: Unicode composed, host in lower case and ASCII, mailbox in lower case. Never raises."""
    local, _, host = unicodedata.normalize("NFC", address.replace("\0", "").strip()).rpartition("@")
    return f"{local.lower()}@{_ascii_host(host).lower()}"


def _ascii_host(host: str) -> str:
    """As DNS writes it; what no DNS could write stays as it is, and no letter will ever go there."""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


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
    """In one call: three are made out for every letter."""
    return hmac.digest(secret.encode(), text.encode("utf-8", "replace"), "sha256").hex()[:MAC_LENGTH]
