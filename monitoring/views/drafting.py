"""Drafts of commitments from pasted text, a file or an address."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from monitoring import covering
from monitoring.covering import CannotRead, Document
from monitoring.views.triage import editors, page

LONGEST_PASTE = 400_000


@require_http_methods(["GET", "HEAD", "POST"])
@editors
def draft(request: HttpRequest) -> HttpResponse:
    context: dict[str, Any] = {"title": "Draft commitments from coverage", "given": request.POST}
    if request.method == "POST":
        try:
            documents = _documents(request)
            context["result"] = covering.draft(documents, covering.record_matcher(timezone.now()))
        except CannotRead as error:
            context["error"] = str(error)
    return page(request, "draft", context)


def _documents(request: HttpRequest) -> list[Document]:
    """Everything that was given: pasted text, files, addresses (one a line; fetched as every source is)."""
    found = []
    text = request.POST.get("text", "")[:LONGEST_PASTE]
    if text.strip():
        found.append(Document("pasted text", text, covering.date_in(text)))
    files = request.FILES.getlist("files")
    found += [covering.from_bytes(_name(file), file.read(covering.MOST_BYTES + 1)) for file in files]
    addresses = [line.strip() for line in request.POST.get("addresses", "").splitlines() if line.strip()]
    if wrong := [line for line in addresses if not line.startswith(("http://", "https://"))]:
        raise CannotRead(f"“{wrong[0]}” is no address: it must begin with https:// or http://.")
    found += covering.open_all(addresses)
    if not found:
        raise CannotRead("Nothing was given: paste a text, choose a file or give an address.")
    return found


def _name(file: UploadedFile[Any]) -> str:
    return (file.name or "file")[:100]
