"""Typed readers of environment variables. A wrong value stops the start with one line that names it.

Every NAME may also be given as NAME_FILE, the path of a file that holds the value (for secrets).
"""

import ipaddress
import os
import re
from collections.abc import Sequence
from datetime import time
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

LONG_KEY = 50  # characters; what Django's own deployment check asks of a secret key
HOST_NAME = re.compile(r"\*|\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\]")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class WrongSetting(ImproperlyConfigured):
    def __init__(self, name: str, value: str, wanted: str) -> None:
        super().__init__(f"{name}={value!r} cannot be used: {wanted}")


def text(name: str, default: str = "") -> str:
    path = os.environ.get(f"{name}_FILE", "")
    if not path:
        return os.environ.get(name, "").strip() or default
    try:
        return Path(path).read_text("utf-8").strip() or default
    except OSError as error:
        raise WrongSetting(f"{name}_FILE", path, f"the file cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise WrongSetting(f"{name}_FILE", path, "the file holds no text in UTF-8") from error


def make_folder(name: str, path: Path) -> None:
    """The folder is there and can be written afterwards, or the start ends here."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        if not os.access(path, os.W_OK):
            raise PermissionError(13, "not writable for this user")
    except OSError as error:
        raise WrongSetting(name, str(path), f"give a folder that can be written ({error.strerror})") from error


def secret(name: str) -> str:
    """Empty or long enough that nobody guesses it; never repeated in the complaint."""
    value = text(name)
    if value and len(value) < 24:
        raise WrongSetting(name, "…", "give at least 24 random characters")
    return value


def former_keys(name: str) -> list[str]:
    """Keys that a long enough SECRET_KEY once was; a short one is a slip and would open every signed link."""
    keys = words(name)
    if any(len(key) < LONG_KEY for key in keys):
        raise WrongSetting(name, "…", f"give whole former keys, {LONG_KEY} characters or more, separated by commas")
    return keys


def flag(name: str, default: bool = False) -> bool:
    value = text(name).lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    if value:
        raise WrongSetting(name, value, "write 1 or 0")
    return default


def number(name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
    value = text(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise WrongSetting(name, value, f"write a whole number from {least} to {most}")
    return int(value)


def choice(name: str, default: str, among: Sequence[str]) -> str:
    value = text(name, default)
    if value not in among:
        raise WrongSetting(name, value, f"write one of {', '.join(among)}")
    return value


def zone(name: str, default: str) -> ZoneInfo:
    value = text(name, default)
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise WrongSetting(name, value, "write a time zone such as Europe/London") from None


def clock_time(name: str, default: str) -> time:
    value = text(name, default)
    try:
        return time.fromisoformat(value)
    except ValueError:
        raise WrongSetting(name, value, "write a time of day such as 08:00") from None


def words(name: str, default: Sequence[str] = ()) -> list[str]:
    return [word.strip() for word in text(name).split(",") if word.strip()] or list(default)


def hosts(name: str, default: Sequence[str]) -> list[str]:
    """Names as a browser asks for them: an address or a port here would answer every visitor with 400."""
    names = words(name, default)
    for host in names:
        if not HOST_NAME.fullmatch(host):
            raise WrongSetting(name, host, "write host names without https:// or port, separated by commas")
    return names


def mailbox(name: str, default: str) -> str:
    value = text(name, default)
    try:
        validate_email(value)
    except ValidationError:
        raise WrongSetting(name, value, "write one address such as desk@tracker.example") from None
    return value


def networks(name: str, default: Sequence[str] = ()) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(word) for word in words(name, default))
    except ValueError as error:
        raise WrongSetting(
            name, text(name), f"{error}; write networks such as 10.0.0.0/8, separated by commas"
        ) from error


def _split(name: str, value: str, wanted: str) -> tuple[SplitResult, int | None]:
    """The parts of an address and its port; what is no address at all is refused with `wanted`."""
    try:
        parts = urlsplit(value)
        return parts, parts.port
    except ValueError:
        raise WrongSetting(name, _without_secret(value), wanted) from None


def web_address(name: str, default: str) -> str:
    value = text(name, default).rstrip("/")
    wanted = "write the public address without a path, such as https://tracker.example"
    parts, _port = _split(name, value, wanted)
    if not _is_web(parts) or parts.path or parts.query:
        raise WrongSetting(name, value, wanted)
    return value


def asked_address(name: str) -> str:
    """Empty, or an address that can be asked over http; it may carry a secret, so only its host is repeated."""
    value = text(name)
    wanted = "write an address such as https://ping.example/some-key"
    if value and not _is_web(_split(name, value, wanted)[0]):
        raise WrongSetting(name, "…", wanted)
    return value


def _is_web(parts: SplitResult) -> bool:
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", parts.netloc)


def database(name: str, default: Path) -> dict[str, Any]:
    return database_at(text(name, f"sqlite:///{default}"), name)


def database_at(value: str, name: str) -> dict[str, Any]:
    """The Django connection settings for `sqlite:///path` or `postgresql://user:secret@host:port/name`."""
    wanted = "write postgresql://user:secret@host:5432/name or sqlite:////path"
    parts, _port = _split(name, value, wanted)
    if parts.scheme == "sqlite" and parts.path not in ("", "/"):
        return _sqlite(unquote(parts.path[1:] if parts.path.startswith("//") else parts.path))
    if parts.scheme in ("postgres", "postgresql") and parts.path.strip("/"):
        return _postgresql(value)
    raise WrongSetting(name, _without_secret(value), wanted)


def _sqlite(path: str) -> dict[str, Any]:
    """All three options are needed: only IMMEDIATE ends the instant "database is locked" of two writers."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
        },
    }


def _postgresql(value: str) -> dict[str, Any]:
    parts = urlsplit(value)
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": options.pop("port", "") or str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def broker(name: str, default: str) -> str:
    value = text(name, default)
    wanted = "write redis://host:6379/0"
    parts, _port = _split(name, value, wanted)
    by_number = parts.scheme not in ("redis", "rediss") or re.fullmatch(r"/?|/[0-9]+", parts.path)
    if parts.scheme not in ("redis", "rediss", "redis+socket", "filesystem", "memory") or not by_number:
        raise WrongSetting(name, _without_secret(value), wanted)
    return value


NO_SERVER: dict[str, Any] = {
    "EMAIL_FILE_PATH": None,
    "EMAIL_HOST": "localhost",
    "EMAIL_PORT": 25,
    "EMAIL_HOST_USER": "",
    "EMAIL_HOST_PASSWORD": "",  # nosec B105
    "EMAIL_USE_TLS": False,
    "EMAIL_USE_SSL": False,
}


def mail(name: str, default: Path) -> dict[str, Any]:
    """Django's mail settings for smtp://, smtp+tls://, smtps://, file:///folder or console:"""
    value = text(name, f"file://{default}")
    wanted = "write smtp://user:secret@host:587, smtps://… or file:///folder"
    parts, port = _split(name, value, wanted)
    if parts.scheme == "file" and parts.path:
        if text(name):
            make_folder(name, Path(unquote(parts.path)))
        return {**NO_SERVER, "EMAIL_BACKEND": "tracker.outbox.EmailBackend", "EMAIL_FILE_PATH": unquote(parts.path)}
    if parts.scheme == "console":
        return {**NO_SERVER, "EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme not in ("smtp", "smtp+tls", "smtps") or not parts.hostname:
        raise WrongSetting(name, _without_secret(value), wanted)
    return {
        **NO_SERVER,
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }


def _without_secret(value: str) -> str:
    """By pattern, because what is no address at all may hold a password too."""
    return re.sub(r"(//[^:/@]*):.*@", r"\1:…@", value)
