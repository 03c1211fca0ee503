"""From a site's address to a watched source. The document that was fetched to look is the first that is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from commitments.addresses import canonical_link
from commitments.models import Commitment
from monitoring import hashing, parsing, polling, searching, visiting
from monitoring.fetching import Fetched
from monitoring.gathering import Gathered, Manners
from monitoring.models import HostState, Source
from monitoring.models.hosts import host_key
from monitoring.models.sources import SourceKind
from monitoring.parsing import FoundFeed, Job, Kind, Parsed


@dataclass(frozen=True, slots=True)
class Look:
    """What is at an address: a feed (then `fetched` and `parsed` hold it), feeds it names, or an `error`."""

    address: str
    title: str = ""
    feeds: tuple[FoundFeed, ...] = ()
    fetched: Fetched | None = None
    parsed: Parsed | None = None
    error: str = ""

    @property
    def is_feed(self) -> bool:
        return self.parsed is not None and not self.parsed.error


def look(address: str, manners: Manners, now: datetime) -> Look:
    """One request. Never raises."""
    address = address.strip()
    if "://" not in address:
        address = f"https://{address}"
    if known := _watched_as(address):
        return Look(address, error=f"This address is watched already{'' if known == address else f', as {known}'}.")
    if why := HostState.objects.objection(host_key(address), now):
        return Look(address, error=why)
    fetched = asyncio.run(visiting.fetch_once(address, manners))
    if not fetched.ok:
        return Look(address, error=fetched.error or f"The answer was {fetched.status}.")
    parsed = parsing.parse(Job(Kind.DISCOVER, fetched.body, fetched.final, fetched.headers.get("content-type", "")))
    if parsed.error:
        return Look(address, error=parsed.error)
    if parsed.format == "page":
        return Look(address, parsed.title, parsed.feeds, fetched=fetched)
    return Look(address, parsed.title, fetched=fetched, parsed=parsed)


def _watched_as(address: str) -> str:
    """The address, or another spelling of it, under which it is a source; empty when it is none."""
    wanted = canonical_link(address)
    known = sorted(Source.objects.of_site(address).addresses())
    return address if address in known else next((one for one in known if canonical_link(one) == wanted), "")


def add(found: Look, now: datetime) -> Source:
    """A new source with what was just read of it stored; its name, publisher and tier are for staff to complete."""
    assert found.fetched is not None
    assert found.parsed is not None
    is_govuk = found.parsed.format == "GOV.UK content API"
    source = Source.objects.create(
        address=found.address,
        title=found.title[:300] or found.address[:300],
        site=found.parsed.site,
        kind=SourceKind.GOVUK if is_govuk else SourceKind.FEED,
        publisher=(found.title or urlsplit(found.address).hostname or "")[:200],
        next_check_at=now,
    )
    digest = hashing.body_hash(found.fetched.body)
    polling.take_in(source, Gathered(source.pk, found.fetched, found.parsed, digest), now)
    return source


def add_page(address: str, title: str, now: datetime) -> Source:
    """Watch a page itself; its first reading is what later ones are compared with."""
    host = urlsplit(address).hostname or ""
    return Source.objects.create(
        address=address,
        title=title[:300] or host,
        site=address,
        kind=SourceKind.PAGE,
        publisher=host,
        next_check_at=now,
    )


@transaction.atomic
def add_searches(commitment: Commitment, keys: Sequence[str], words: Sequence[str], now: datetime) -> list[Source]:
    """Standing searches for a commitment; those that are there already are left as they are."""
    added = []
    for search in (searching.BY_KEY[key] for key in keys):
        for word in words:
            address = search.address(word)
            if not Source.objects.taken([address]):
                added.append(_add_search(commitment, search, word, address, now))
    return added


def _add_search(commitment: Commitment, search: searching.Search, words: str, address: str, now: datetime) -> Source:
    host = HostState.objects.named(address)
    host.widen_gap(search.gap)
    return Source.objects.create(
        address=address,
        title=f"{search.label}: {words}"[:300],
        publisher=search.publisher,
        tier=search.tier,
        commitment=commitment,
        notes=search.notes,
        next_check_at=now,
    )
