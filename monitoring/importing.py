"""Sources from a list into the table and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from commitments.addresses import canonical_link
from monitoring import fetching, outlines
from monitoring.models import Source
from monitoring.outlines import Outline


@dataclass(slots=True)
class Imported:
    """What was added, how many were there already, and a sentence for each entry that was refused."""

    added: list[Source] = field(default_factory=list)
    known: int = 0
    refused: list[str] = field(default_factory=list)


def import_opml(text: bytes, now: datetime) -> Imported:
    """All entries that can be used, in one transaction; raises NotOpml when the file cannot be read."""
    reading = outlines.read(text)
    imported = Imported(refused=reading.refused)
    imported.added, imported.known = add_all(list(_fit(reading.outlines, imported)), now)
    return imported


def _fit(read: Iterable[Outline], imported: Imported) -> Iterator[Outline]:
    """Those that may be asked at all, each publisher's feed once, whichever way its address is spelt."""
    allowed = tuple(settings.ALLOW_PRIVATE_NETWORKS)
    known = Source.objects.addresses()
    spelt = {canonical_link(address): address for address in known}
    for outline in read:
        twin = spelt.setdefault(canonical_link(outline.address), outline.address)
        if why := fetching.objection(outline.address, allowed):
            imported.refused.append(f"“{outline.title}”: {why}")
        elif outline.address not in known and twin != outline.address:
            imported.refused.append(f"“{outline.title}”: {outline.address} is {twin} in another spelling.")
        else:
            yield outline


def import_file(path: Path, now: datetime) -> Imported:
    return import_opml(path.read_bytes(), now)


@transaction.atomic
def add_all(wanted: Iterable[Outline], now: datetime, *, is_sample: bool = False) -> tuple[list[Source], int]:
    """New sources are due at once; those that are there already stay as staff have set them."""
    wanted = list(wanted)
    known = Source.objects.taken(outline.address for outline in wanted)
    added = [_add(outline, now, is_sample) for outline in wanted if outline.address not in known]
    return added, len(wanted) - len(added)


def _add(outline: Outline, now: datetime, is_sample: bool) -> Source:
    return Source.objects.create(
        address=outline.address,
        title=outline.title,
        site=outline.site,
        publisher=outline.publisher,
        tier=outline.tier,
        kind=outline.kind,
        selector=outline.selector,
        not_before_on=outline.not_before_on,
        check_every=outline.check_every,
        notes=outline.notes,
        is_sample=is_sample,
        next_check_at=now,
    )


def export_opml(title: str) -> str:
    """Every source but the samples, in order of title."""
    return outlines.write((_outline(source) for source in Source.objects.real()), title)


def _outline(source: Source) -> Outline:
    return Outline(
        address=source.address,
        title=source.title,
        site=source.site,
        publisher=source.publisher,
        tier=source.tier,
        kind=source.kind,
        selector=source.selector,
        not_before_on=source.not_before_on,
        check_every=source.check_every,
        notes=source.notes,
    )
