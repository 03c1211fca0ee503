"""Typed readers of environment variables. A wrong value stops the start with one line that names it.

Every NAME may also be given as NAME_FILE, the path of a file that holds the value (for secrets).
"""

import ipaddress
import os
from collections.abc import Sequence
from datetime import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured

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


def networks(name: str, default: Sequence[str] = ()) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(word) for word in words(name, default))
    except ValueError as error:
        raise WrongSetting(
            name, text(name), f"{error}; write networks such as 10.0.0.0/8, separated by commas"
        ) from error


def web_address(name: str, default: str) -> str:
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise WrongSetting(name, value, "write the public address without a path, such as https://tracker.example")
    return value


def database(name: str, default: Path) -> dict[str, Any]:
    return database_at(text(name, f"sqlite:///{default}"), name)


def database_at(value: str, name: str) -> dict[str, Any]:
    """The Django connection settings for `sqlite:///path` or `postgresql://user:secret@host:port/name`."""
    parts = urlsplit(value)
    if parts.scheme == "sqlite" and parts.path not in ("", "/"):
        return _sqlite(unquote(parts.path[1:] if parts.path.startswith("//") else parts.path))
    if parts.scheme in ("postgres", "postgresql") and parts.path.strip("/"):
        return _postgresql(value)
    raise WrongSetting(name, _without_secret(value), "write postgresql://user:secret@host:5432/name or sqlite:////path")


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
    try:
        port = str(parts.port or "")
    except ValueError as error:
        raise WrongSetting("DATABASE_URL", _without_secret(value), "the port is not a number") from error
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": options.pop("port", "") or port,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def broker(name: str, default: str) -> str:
    value = text(name, default)
    if urlsplit(value).scheme not in ("redis", "rediss", "redis+socket", "filesystem", "memory"):
        raise WrongSetting(name, _without_secret(value), "write redis://host:6379/0")
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
    parts = urlsplit(value)
    if parts.scheme == "file" and parts.path:
        return {**NO_SERVER, "EMAIL_BACKEND": "tracker.outbox.EmailBackend", "EMAIL_FILE_PATH": unquote(parts.path)}
    if parts.scheme == "console":
        return {**NO_SERVER, "EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme not in ("smtp", "smtp+tls", "smtps") or not parts.hostname:
        raise WrongSetting(
            name, _without_secret(value), "write smtp://user:secret@host:587, smtps://… or file:///folder"
        )
    return {
        **NO_SERVER,
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }


def _without_secret(value: str) -> str:
    parts = urlsplit(value)
    return value.replace(f":{parts.password}@", ":…@") if parts.password else value
