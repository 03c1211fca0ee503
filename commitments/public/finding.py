"""Finding what an address means, for ever: present slugs, former slugs, withdrawn records."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponsePermanentRedirect
from django.utils.module_loading import import_string

from commitments.models import Agreement, Commitment, FormerSlug, Organisation, Sector
from commitments.public import dating
from commitments.public.models import FormerAddress
from commitments.public.shapes import Party, Row

SLUG = re.compile(r"[-a-zA-Z0-9_]{1,80}")


@dataclass(frozen=True)
class Found:
    commitment: Commitment
    asked: str

    @property
    def moved_to(self) -> str:
        return self.commitment.slug if self.commitment.slug != self.asked else ""

    @property
    def is_withdrawn(self) -> bool:
        return self.commitment.life == "withdrawn"


def commitment(slug: str) -> Found:
    """The record once public at this address; raises `Http404` only for what never was."""
    if not SLUG.fullmatch(slug):
        raise Http404("That is no address of a promise.")
    own = Commitment.objects.once_public().select_related("agreement", "last_change").filter(slug=slug).first()
    if own is not None:
        return Found(own, slug)
    former = FormerSlug.objects.filter(slug=slug).select_related("commitment").first()
    if former is None or former.commitment.life == "draft":
        raise Http404(f"No commitment has ever been published at “{slug}”.")
    return Found(former.commitment, slug)


def slug(asked: str) -> str:
    """What was asked for, if it could be a slug at all."""
    return asked if SLUG.fullmatch(asked) else ""


def title(slug: str) -> str:
    """The title of a record once public; empty where there is none."""
    if not SLUG.fullmatch(slug):
        return ""
    return Commitment.objects.once_public().filter(slug=slug).values_list("title", flat=True).first() or ""


def redirect(request: HttpRequest, asked: str, present: str) -> HttpResponsePermanentRedirect:
    """The same page, format and query string at the present slug."""
    path, mark, query = request.get_full_path().partition("?")
    head, _, ending = path.rpartition(f"/{asked}")
    return HttpResponsePermanentRedirect(f"{head}/{present}{ending}{mark}{query}")


def sources_last_read_at() -> datetime | None:
    """When the watch last read a source; None where no watch is installed or nothing has been read.

    `settings.SOURCES_LAST_READ` names a function without arguments, so that this
    room need not know that one.
    """
    answer: datetime | None = import_string(settings.SOURCES_LAST_READ)() if settings.SOURCES_LAST_READ else None
    return answer


KINDS: dict[str, type[Agreement] | type[Organisation] | type[Sector]] = {
    "agreements": Agreement,
    "owners": Organisation,
    "sectors": Sector,
}


@dataclass(frozen=True)
class FoundParty:
    """An agreement, owner or sector with what its page says about it."""

    kind: str
    slug: str
    name: str
    about: tuple[tuple[str, str], ...]


class Deleted(Exception):
    """The party once at this address is no longer in the record; the message is its name."""


def party(kind: str, slug: str) -> FoundParty:
    """The party at this address or moved from it (its `slug` then differs); raises `Deleted`, or `Http404`."""
    found = KINDS[kind].objects.filter(slug=slug).first() or _moved(kind, slug)
    about = {"agreements": _about_agreement, "owners": _about_owner}.get(kind, lambda _: ())(found)
    return FoundParty(kind, found.slug, getattr(found, "name", "") or getattr(found, "title", ""), about)


def _moved(kind: str, slug: str) -> Agreement | Organisation | Sector:
    former = FormerAddress.objects.filter(kind=kind, slug=slug).first()
    if former is None:
        raise Http404(f"There is nothing called “{slug}” among the {kind}.")
    found = KINDS[kind].objects.filter(pk=former.party or 0).first()
    if found is None:
        raise Deleted(former.name)
    return found


def _about_agreement(agreement: Any) -> tuple[tuple[str, str], ...]:
    facts = (
        ("Signed", dating.day(agreement.signed_on)),
        ("Between", ", ".join(party.name for party in agreement.parties.all())),
        ("Legally binding", "yes" if agreement.binding else "no"),
        ("Note", agreement.note),
    )
    return tuple((name, value) for name, value in facts if value)


def _about_owner(owner: Any) -> tuple[tuple[str, str], ...]:
    successors = [f"{s.work}: {s.successor}" for s in owner.successions.all()]
    facts = (
        ("Kind", owner.kind),
        ("Ended", dating.day(owner.ended_on) if owner.ended_on else ""),
        ("Also known as", ", ".join(alias.name for alias in owner.names.all())),
        ("Work passed on", "; ".join(successors)),
        ("Note", owner.note),
    )
    return tuple((name, value) for name, value in facts if value)


OF: dict[str, Callable[[Row], Iterable[Party]]] = {
    "agreements": lambda row: (row.agreement,),
    "owners": lambda row: row.owners,
    "sectors": lambda row: row.sectors,
}


def rows_of(kind: str, slug: str, rows: Iterable[Row]) -> list[Row]:
    """The rows that belong to an agreement, owner or sector."""
    return [row for row in rows if slug in {party.slug for party in OF[kind](row)}]


def gone(message: str) -> JsonResponse:
    """What a withdrawn record answers to machines."""
    return JsonResponse({"error": {"code": "withdrawn", "message": message}}, status=410)
