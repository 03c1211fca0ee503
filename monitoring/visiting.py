"""Single fetches outside any batch: forms for hubs, and what a person waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from monitoring.fetching import Ask, Fetched
from monitoring.gathering import Manners


def post_each(forms: Sequence[Ask], manners: Manners) -> list[Fetched]:
    """Each form sent, one after the other: hubs serve many, and nobody waits for these."""

    async def send() -> list[Fetched]:
        async with manners.fetcher() as fetcher:
            return [await fetcher.fetch(form) for form in forms]

    return asyncio.run(send())


async def fetch_once(address: str, manners: Manners) -> Fetched:
    """A single fetch outside any batch, for a person who waits for it."""
    async with manners.fetcher() as fetcher:
        return await fetcher.fetch(Ask(address))
