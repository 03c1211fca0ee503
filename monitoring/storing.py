"""Store what was read: ask which ids are known, insert the rest, keep the old text of what was edited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from monitoring import differing, identities, wording
from monitoring.identities import Identity, Known
from monitoring.models import Item, ItemRevision, Source
from monitoring.models.sources import SourceKind
from monitoring.parsing import Entry, Parsed

EDITED = ("title", "link", "summary", "text", "raw", "content_hash", "link_key", "title_key", "edited_at", "judged_at")


@dataclass(slots=True)
class Stored:
    """Rows as they were saved, the new ones without their numbers; and how many of each per source."""

    new: list[Item] = field(default_factory=list)
    edited: list[Item] = field(default_factory=list)
    new_of: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    edited_of: dict[int, int] = field(default_factory=lambda: defaultdict(int))


def store(read: Sequence[tuple[Source, Parsed]], now: datetime) -> Stored:
    """Everything of a batch in a handful of statements, whatever the number of sources."""
    found = [(source, entry) for source, parsed in read for entry in entries_of(source, parsed, now)]
    if not found:
        return Stored()
    named = [(source, entry, identities.of_entry(entry)) for source, entry in found]
    known = _known(named)
    stored = Stored()
    by_source: dict[int, list[tuple[Entry, Identity]]] = defaultdict(list)
    sources = {source.pk: source for source, _entry, _identity in named}
    for source, entry, identity in named:
        by_source[source.pk].append((entry, identity))
    for pk, pairs in by_source.items():
        _sort_out(sources[pk], pairs, known[pk], stored, now)
    Item.objects.write(stored.new)
    _update(stored, now)
    return stored


def entries_of(source: Source, parsed: Parsed, now: datetime) -> list[Entry]:
    """The entries to store; for a watched page, one that says what changed since the last reading."""
    if source.kind == SourceKind.PAGE:
        return _page_change(source, parsed)
    if source.not_before_on is None:
        return list(parsed.entries)
    return [
        entry
        for entry in parsed.entries
        if (dated := identities.sane_date(entry.dated_at, now)) is None or dated.date() >= source.not_before_on
    ]


def _page_change(source: Source, parsed: Parsed) -> list[Entry]:
    if not source.page_text:
        return []  # the first reading is what later ones are compared with
    difference = differing.compare(source.page_text, parsed.page_text)
    if not difference:
        return []
    title = f"Page changed: {parsed.title or source.title}"
    return [Entry(guid=wording.digest(parsed.page_text), link=source.address, title=title, html=difference.as_html())]


def _known(named: Sequence[tuple[Source, Entry, Identity]]) -> dict[int, list[Known]]:
    rows = Item.objects.known_to(
        {source.pk for source, _, _ in named},
        {identity.uid for _, _, identity in named},
        {identity.link_key for _, _, identity in named if identity.link_key},
        {identity.title_key for _, entry, identity in named if identity.title_key and entry.stamp},
    ).values_list("source_id", "pk", "uid", "link_key", "title_key", "content_hash", "title")
    known: dict[int, list[Known]] = defaultdict(list)
    for source_id, *keys in rows:
        known[source_id].append(Known(*keys))  # type: ignore[arg-type]
    return known


def _sort_out(
    source: Source, pairs: list[tuple[Entry, Identity]], known: list[Known], stored: Stored, now: datetime
) -> None:
    identities_found = [identity for _entry, identity in pairs]
    titles = [entry.title for entry, _identity in pairs]
    for index, twin in identities.match(identities_found, titles, known):
        entry, identity = pairs[index]
        if twin is None:
            stored.new.append(wording.new_item(source, entry, identity, now))
            stored.new_of[source.pk] += 1
        elif twin.content_hash != identity.content_hash:
            item = wording.new_item(source, entry, identity, now)
            item.pk, item.uid = twin.pk, twin.uid
            stored.edited.append(item)


def _update(stored: Stored, now: datetime) -> None:
    """An edit keeps what was said before; markup that changed around the same words is no edit."""
    if not stored.edited:
        return
    before = Item.objects.in_bulk([item.pk for item in stored.edited])
    really, revisions = [], []
    for item in stored.edited:
        old = before[item.pk]
        item.edited_at, item.first_seen_at, item.judged_at = old.edited_at, old.first_seen_at, old.judged_at
        item.published_at = old.published_at or item.published_at
        if (old.title, old.text, old.link_key) != (item.title, item.text, item.link_key):
            revisions.append(wording.revision_of(old, now))
            item.edited_at, item.judged_at = now, None
            really.append(item)
    Item.objects.bulk_update(stored.edited, EDITED, batch_size=200)
    ItemRevision.objects.bulk_create(revisions, batch_size=200)
    for item in really:
        stored.edited_of[item.source_id] += 1
    stored.edited = really
