"""One fetch: redirects hop by hop, each hop checked; one deadline over everything."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Self

import httpx

from monitoring.fetching import addresses, outcomes, transport, unpacking
from monitoring.fetching.outcomes import Fetched, Outcome

# a line a request is history's business (the table of fetches), not the log's
logging.getLogger("httpx").setLevel(logging.WARNING)

DEADLINE_SECONDS = 20.0
MOST_REDIRECTS = 5
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, application/json;q=0.8, text/xml;q=0.8, text/html;q=0.7, */*;q=0.5"
)
_PERMANENT = {301, 308}
_REDIRECTS = {301, 302, 303, 307, 308}
_FAILURES: dict[type[Exception], Outcome] = {
    addresses.Refused: Outcome.REFUSED,
    transport.NoAddress: Outcome.NO_ADDRESS,
    transport.NoConnection: Outcome.NO_CONNECTION,
    transport.NoTrust: Outcome.NO_TRUST,
    transport.BadAnswer: Outcome.BAD_ANSWER,
    unpacking.TooBig: Outcome.TOO_BIG,
    unpacking.BadEncoding: Outcome.BAD_ENCODING,
}


@dataclass(frozen=True, slots=True)
class Ask:
    """What to fetch. The validators are sent back word for word, or not at all when empty.

    With a `form` it is a POST, and a redirect of one is not followed.
    """

    address: str
    etag: str = ""
    last_modified: str = ""
    form: tuple[tuple[str, str], ...] = ()


class _BadRedirect(Exception):
    pass


class Fetcher:
    """Fetches over one set of rules; use it as `async with Fetcher(...) as fetcher`.

    It does not wait, retry, remember or decide when to ask again.
    """

    def __init__(self, *, user_agent: str, gate: transport.Gate, deadline: float = DEADLINE_SECONDS) -> None:
        self._deadline = deadline
        self._client = httpx.AsyncClient(  # one deadline spans the whole fetch  # nosec B113
            transport=transport.CheckedTransport(gate),
            trust_env=False,
            follow_redirects=False,
            timeout=None,
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
            headers={
                "User-Agent": user_agent,
                "Accept": ACCEPT,
                "Accept-Encoding": unpacking.ACCEPT_ENCODING,
                "Connection": "close",
            },
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def fetch(self, ask: Ask) -> Fetched:
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            async with asyncio.timeout(self._deadline):
                fetched = await self._follow(ask)
        except TimeoutError:
            fetched = Fetched(
                ask.address,
                Outcome.TOO_SLOW,
                error=f"No complete answer within {self._deadline:g} s.",
            )
        except Exception as error:
            fetched = _failed(ask, error)
        return replace(fetched, seconds=loop.time() - started)

    async def _follow(self, ask: Ask) -> Fetched:
        address, moved_to, permanent = ask.address, "", True
        seen = {address}
        for _hop in range(MOST_REDIRECTS + 1):
            addresses.check_spelling(address)
            fetched, target = await self._ask_once(ask, address)
            if target is None:
                return replace(fetched, moved_to=moved_to)
            permanent = permanent and fetched.status in _PERMANENT
            _check_hop(address, target, seen)
            address = target
            seen.add(address)
            moved_to = address if permanent else moved_to
        raise _BadRedirect(f"More than {MOST_REDIRECTS} redirects, the last to {address}.")

    def _request(self, ask: Ask, address: str) -> httpx.Request:
        if ask.form:
            return self._client.build_request("POST", address, data=dict(ask.form))
        return self._client.build_request("GET", address, headers=_validators(ask))

    async def _ask_once(self, ask: Ask, address: str) -> tuple[Fetched, str | None]:
        """The answer of one hop, and where it sends us, if it does."""
        request = self._request(ask, address)
        response = await self._client.send(request, stream=True)
        try:
            status, headers = response.status_code, _plain(response.headers)
            fetched = Fetched(ask.address, outcomes.of_status(status), address, status, headers)
            if status in _REDIRECTS:
                if ask.form:
                    raise _BadRedirect(f"The answer to a form was a redirect ({status}).")
                return fetched, _target(response, address)
            if fetched.ok:
                return await _read_body(fetched, response), None
            said = outcomes.MEANING.get(fetched.outcome, "")
            return replace(fetched, error=f"{said} [{status}]" if said else ""), None
        finally:
            await response.aclose()


def _validators(ask: Ask) -> dict[str, str]:
    headers = {}
    if ask.etag:
        headers["If-None-Match"] = ask.etag
    if ask.last_modified:
        headers["If-Modified-Since"] = ask.last_modified
    return headers


def _plain(headers: httpx.Headers) -> Mapping[str, str]:
    return {name.lower(): value for name, value in headers.items()}


async def _read_body(fetched: Fetched, response: httpx.Response) -> Fetched:
    body = unpacking.Bounded(fetched.headers.get("content-encoding", ""))
    async for piece in response.aiter_raw():
        body.add(piece)
    return replace(fetched, body=body.finish(), raw_size=body.raw)


def _target(response: httpx.Response, address: str) -> str:
    location = response.headers.get("location", "").strip()
    if not location:
        raise _BadRedirect(f"A redirect ({response.status_code}) that names no address.")
    try:
        return str(httpx.URL(address).join(location).copy_with(fragment=None))
    except (httpx.InvalidURL, ValueError):
        raise _BadRedirect(f"A redirect to something that is no address: {location[:80]}") from None


def _check_hop(address: str, target: str, seen: set[str]) -> None:
    if target in seen:
        raise _BadRedirect(f"The redirects go round in a circle at {target}.")
    if address.startswith("https:") and target.startswith("http:"):
        raise _BadRedirect(f"A redirect from https to plain http: {target}")


def _failed(ask: Ask, error: Exception) -> Fetched:
    for kind, outcome in _FAILURES.items():
        if isinstance(error, kind):
            return Fetched(ask.address, outcome, error=str(error))
    if isinstance(error, _BadRedirect):
        return Fetched(ask.address, Outcome.BAD_REDIRECT, error=str(error))
    if isinstance(error, httpx.InvalidURL | UnicodeError | ValueError):
        return Fetched(ask.address, Outcome.REFUSED, error=f"The address cannot be read: {error}.")
    return Fetched(ask.address, Outcome.BAD_ANSWER, error=f"The fetch failed: {type(error).__name__}: {error}")
