"""What a fetch came to. Every way out of a fetch is one of these; none is an exception."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    OK = "ok"
    NOT_MODIFIED = "not_modified"
    GONE = "gone"
    NOT_FOUND = "not_found"
    FORBIDDEN = "forbidden"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"
    SERVER_ERROR = "server_error"
    CLIENT_ERROR = "client_error"
    BAD_REDIRECT = "bad_redirect"
    REFUSED = "refused"
    NO_ADDRESS = "no_address"
    NO_CONNECTION = "no_connection"
    NO_TRUST = "no_trust"
    TOO_SLOW = "too_slow"
    TOO_BIG = "too_big"
    BAD_ENCODING = "bad_encoding"
    BAD_ANSWER = "bad_answer"


BY_STATUS = {
    304: Outcome.NOT_MODIFIED,
    401: Outcome.FORBIDDEN,
    403: Outcome.FORBIDDEN,
    404: Outcome.NOT_FOUND,
    410: Outcome.GONE,
    429: Outcome.TOO_MANY,
    451: Outcome.FORBIDDEN,
    503: Outcome.UNAVAILABLE,
}

MEANING = {
    Outcome.GONE: "The publisher says it is gone for good (410).",
    Outcome.NOT_FOUND: "There is nothing at this address (404): look for the feed's new address.",
    Outcome.FORBIDDEN: "The server does not let us read this.",
    Outcome.TOO_MANY: "The server says we ask too often (429).",
    Outcome.UNAVAILABLE: "The server says it is not available now (503).",
    Outcome.SERVER_ERROR: "The server failed.",
    Outcome.CLIENT_ERROR: "The server refused the request.",
}


def of_status(status: int) -> Outcome:
    """The class of a final answer; redirects are not final and are told apart before."""
    if 200 <= status < 300:
        return Outcome.OK
    if status in BY_STATUS:
        return BY_STATUS[status]
    return Outcome.SERVER_ERROR if status >= 500 else Outcome.CLIENT_ERROR


@dataclass(frozen=True, slots=True)
class Fetched:
    """One fetch, redirects included. `headers` are lower-case; `seconds` is the whole time spent.

    `moved_to` is the address to keep: it is set only when every hop up to it was permanent (301 or 308).
    """

    asked: str
    outcome: Outcome
    final: str = ""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    raw_size: int = 0
    moved_to: str = ""
    error: str = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return self.outcome is Outcome.OK
