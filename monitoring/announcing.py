"""What an answer's Link headers say of who pushes for it (WebSub, RFC 8288). Pure: the headers in, addresses out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from monitoring.fetching import Fetched
from monitoring.parsing.cleaning import web_link

LONGEST_HEADER = 8_000
_NEXT_LINK = re.compile(r",\s{0,10}(?=<)")
_RELATIONS = re.compile(r";\s{0,10}rel\s{0,10}=\s{0,10}(?:\"([^\"]*)\"|([^\s;,]+))", re.IGNORECASE)


def hub_and_topic(fetched: Fetched) -> Mapping[str, str]:
    """`hub` and `topic` as far as the headers name them; the protocol asks the headers before the document.

    Without a hub the rest is of no use, and the mapping is empty.
    """
    named = dict(_named(fetched.headers.get("link", "")[:LONGEST_HEADER], fetched.final))
    if "hub" not in named:
        return {}
    return {"hub": named["hub"]} | ({"topic": named["self"]} if "self" in named else {})


def _named(header: str, base: str) -> Iterator[tuple[str, str]]:
    """Relations and absolute addresses, the first of each relation last, so that a mapping keeps it."""
    for link in reversed(_NEXT_LINK.split(header)):
        target, _bracket, rest = link.strip().removeprefix("<").partition(">")
        said = _RELATIONS.search(rest)
        if said and (address := web_link(target, base)):
            yield from ((relation.lower(), address) for relation in (said[1] or said[2] or "").split())
