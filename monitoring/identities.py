"""When are two entries the same item? By id, else by link, else by title and date; and when has one been edited?"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from commitments.addresses import canonical_link
from monitoring.parsing import Entry

EARLIEST_YEAR = 1990
AHEAD = timedelta(days=2)
_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Identity:
    """Three keys, each empty when the entry has nothing to make it from; `uid` never is."""

    uid: str
    link_key: str
    title_key: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class Known:
    """A stored item of the same source, by its keys."""

    pk: int
    uid: str
    link_key: str
    title_key: str
    content_hash: str
    title: str


def match(found: Sequence[Identity], titles: Sequence[str], known: Sequence[Known]) -> list[tuple[int, Known | None]]:
    """For each entry worth storing: its number and the stored item that it is, None when it is new.

    By id first. An unknown id may be a changed one: then the link decides, else title and day, but only for a stored
    item that the document no longer has under its own id. Twins inside one document count once.
    """
    by_uid = {item.uid: item for item in known}
    present = {identity.uid for identity in found}
    links = Counter(identity.link_key for identity in found)
    gone = [item for item in known if item.uid not in present]
    gone_links, gone_titles = _single(gone, "link_key"), _single(gone, "title_key")
    taken: set[str] = set()
    matched: list[tuple[int, Known | None]] = []
    for number, (identity, title) in enumerate(zip(found, titles, strict=True)):
        twin = by_uid.get(identity.uid)
        if twin is None and links[identity.link_key] == 1:
            twin = gone_links.get(identity.link_key)
        if twin is None:
            twin = gone_titles.get(identity.title_key)
        own = {twin.uid if twin else identity.uid, f"{identity.link_key} {folded(title)}" if identity.link_key else ""}
        if not taken & (own - {""}):
            matched.append((number, twin))
        taken |= own - {""}
    return matched


def _single(items: Sequence[Known], name: str) -> dict[str, Known]:
    """By that key, leaving out the empty key and keys that several items share."""
    counts = Counter(getattr(item, name) for item in items)
    return {key: item for item in items if (key := getattr(item, name)) and counts[key] == 1}


def of_entry(entry: Entry) -> Identity:
    link_key, title_key = _link_key(entry), _title_key(entry)
    return Identity(
        uid=_own(entry) or link_key or title_key or _hash(entry.html or "?"),
        link_key=link_key,
        title_key=title_key,
        content_hash=_hash("\n".join((entry.title, entry.link, entry.html, entry.content)) or "?"),
    )


def uid_of(entry: Entry) -> str:
    """`of_entry(entry).uid`, without reckoning the other keys where the entry has an id of its own."""
    return _own(entry) or of_entry(entry).uid


def _own(entry: Entry) -> str:
    return _hash(f"id\n{_plain_id(entry.guid)}") if entry.guid else ""


def _link_key(entry: Entry) -> str:
    return _hash(canonical_link(entry.link))


def _title_key(entry: Entry) -> str:
    day = entry.dated_at.date().isoformat() if entry.dated_at else ""
    return _hash(f"{folded(entry.title)}\n{day}" if entry.title else "")


def _plain_id(guid: str) -> str:
    """An id that is an address may come with either scheme, and with a count of its edits behind a #."""
    if not guid.startswith(("http://", "https://")):
        return guid
    bare, _hash_sign, fragment = guid.partition("#")
    return canonical_link(bare) + (f"#{fragment}" if fragment and not fragment.isdecimal() else "")


def folded(title: str) -> str:
    """The title's words only, in lower case without accents."""
    plain = title if title.isascii() else _without_accents(title)
    return _NOT_WORD.sub(" ", plain.casefold()).strip()


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def sane_date(stated: datetime | None, now: datetime) -> datetime | None:
    """The stated date, unless it lies before the web or in the future (a feed's clock may be two days ahead)."""
    if stated is None or stated.year < EARLIEST_YEAR or stated > now + AHEAD:
        return None
    return stated


def _hash(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest() if text else ""
