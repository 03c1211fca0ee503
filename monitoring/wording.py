"""From an entry as it came to an item's row: the cleaning happens here, and only for what is new."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b

from monitoring import identities
from monitoring.identities import Identity
from monitoring.models import Item, ItemRevision, Source
from monitoring.parsing import Entry, plain_text, safe_html, storable

LONGEST_TEXT = 20_000
LONGEST_SUMMARY = 20_000


def new_item(source: Source, entry: Entry, identity: Identity, now: datetime) -> Item:
    """An unsaved row."""
    return Item(
        source=source,
        uid=identity.uid,
        link_key=identity.link_key,
        title_key=identity.title_key,
        content_hash=identity.content_hash,
        guid=entry.guid,
        title=entry.title,
        link=entry.link,
        publisher=entry.publisher,
        author=entry.author,
        published_at=identities.sane_date(entry.dated_at, now),
        summary=safe_html(entry.html[:LONGEST_SUMMARY], entry.base or entry.link),
        text=words_of(entry),
        raw=storable(entry.content or entry.html),
        first_seen_at=now,
    )


def words_of(entry: Entry) -> str:
    """Summary and long text as plain words, the summary once."""
    summary = plain_text(entry.html, LONGEST_TEXT)
    if not entry.content:
        return summary
    content = plain_text(entry.content, LONGEST_TEXT)
    return content if summary.rstrip("…. ")[:200] in content else f"{summary} {content}"[:LONGEST_TEXT]


def revision_of(item: Item, now: datetime) -> ItemRevision:
    """What the item says before it is overwritten; an unsaved row."""
    return ItemRevision(
        item_id=item.pk,
        title=item.title,
        link=item.link,
        published_at=item.published_at,
        summary=item.summary,
        text=item.text,
        raw=item.raw,
        content_hash=item.content_hash,
        replaced_at=now,
    )


def digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()
