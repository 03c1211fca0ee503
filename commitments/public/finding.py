"""Finding what an address means, for ever: present slugs, former slugs, withdrawn records."""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponsePermanentRedirect
from django.utils.module_loading import import_string

from commitments.models import Commitment, FormerSlug


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
    own = Commitment.objects.once_public().select_related("agreement", "last_change").filter(slug=slug).first()
    if own is not None:
        return Found(own, slug)
    former = FormerSlug.objects.filter(slug=slug).select_related("commitment").first()
    if former is None or former.commitment.life == "draft":
        raise Http404(f"No commitment has ever been published at “{slug}”.")
    return Found(former.commitment, slug)


def redirect(request: HttpRequest, found: Found) -> HttpResponsePermanentRedirect:
    """The same page, format and query string at the present slug."""
    return HttpResponsePermanentRedirect(request.get_full_path().replace(found.asked, found.moved_to, 1))


def sources_last_read() -> str:
    """When the watch last read its sources, as the watch says it; empty where no watch is installed.

    `settings.SOURCES_READ` names a function without arguments, so that this
    room need not know that one.
    """
    name = getattr(settings, "SOURCES_READ", "")
    return str(import_string(name)() or "") if name else ""
