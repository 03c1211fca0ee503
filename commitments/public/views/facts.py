"""Pages about the tracker itself, and the downloads of the whole record."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from commitments import ledger
from commitments.models import Commitment, StatusChange
from commitments.public import asking, citing, explaining, exporting, gathering, packaging, tabling
from commitments.public.shapes import Moment
from commitments.public.views.answering import answering, refusing

ICON = Path(__file__).parents[1] / "static" / "public" / "favicon.ico"
ICON_SECONDS = 7 * 86_400  # it hardly ever changes, and nothing breaks when it is old


@answering
def method(request: HttpRequest) -> HttpResponse:
    context = {
        "moment": asking.moment(request),
        "scale": explaining.scale(),
        "refusals": explaining.refusals(),
        "flags": explaining.flag_terms(),
        "vocabulary": explaining.vocabulary(),
        "grace_days": explaining.grace_days(),
        "four_eyes": settings.FOUR_EYES,
    }
    return render(request, "public/method.html", context)


@answering
def data(request: HttpRequest) -> HttpResponse:
    moment = asking.moment(request)
    sequence, head = gathering.head()
    tables = tabling.tables(moment)
    context = {
        "moment": moment,
        "real_today": asking.today(),
        "site_url": settings.SITE_URL,
        "sequence": sequence,
        "head": head,
        "tables": tables,
        "structured": citing.dataset(
            site_url=settings.SITE_URL,
            site=settings.SITE_NAME,
            count=tables[0].count,
            modified=moment.today.isoformat(),
        ),
    }
    return render(request, "public/data.html", context)


def _facts(request: HttpRequest) -> dict[str, object]:
    moment = asking.moment(request)
    return {
        "site": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "as_of": moment.today,
        "head": gathering.head()[1],
    }


@answering
def record_zip(request: HttpRequest) -> HttpResponse:
    packed = packaging.pack(tabling.tables(asking.moment(request)), **_facts(request))  # type: ignore[arg-type]
    response = HttpResponse(packed, content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="record.zip"'
    response["Access-Control-Allow-Origin"] = "*"
    return response


@answering
def datapackage(request: HttpRequest) -> HttpResponse:
    tables = tabling.tables(asking.moment(request))
    described = packaging.descriptor(tables, **_facts(request))  # type: ignore[arg-type]
    return HttpResponse(exporting.as_json(described), content_type="application/json")


@answering
def table_csv(request: HttpRequest, name: str) -> HttpResponse:
    """One table of the package at its own address, so that `datapackage.json` works online."""
    found = {table.name: table for table in tabling.tables(asking.moment(request))}
    if name not in found:
        return HttpResponse("There is no such table.", status=404, content_type="text/plain")
    text = exporting.as_csv(found[name].rows, found[name].columns)
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers={"Access-Control-Allow-Origin": "*"})


@refusing  # type: ignore[arg-type]
@require_safe
def ledger_lines(request: HttpRequest) -> HttpResponseBase:
    """Every entry, one JSON object a line: `{"entry": …, "hash": …}`; the hash is that of the canonical entry.

    As of a day: the entries that had taken effect by then, which is what the pages of that day show.
    """
    moment = asking.moment(request)
    etag = f'"{gathering.head()[1]}{moment.suffix}"'
    # Compressed on the way out, the tag comes back as a weak one.
    if request.headers.get("If-None-Match", "").removeprefix("W/") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    response = StreamingHttpResponse(_lines(moment), content_type="application/jsonl; charset=utf-8")
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _lines(moment: Moment) -> Iterator[bytes]:
    for entry, stored in StatusChange.objects.effective_by(moment.as_of).entries():
        yield ledger.canonical({"entry": entry, "hash": stored}) + b"\n"


@answering
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "public/about.html", {"moment": asking.moment(request)})


@answering
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "public/accessibility.html", {"moment": asking.moment(request)})


@answering
def robots(request: HttpRequest) -> HttpResponse:
    asking.refuse_past(request, "programs are to go by the present one.")
    lines = ("User-agent: *", "Disallow: /admin/", "Disallow: /staff/", f"Sitemap: {settings.SITE_URL}/sitemap.xml", "")
    return HttpResponse("\n".join(lines), content_type="text/plain")


@refusing  # type: ignore[arg-type]
@require_safe
def icon(request: HttpRequest) -> FileResponse:
    """For programs that ask for the icon without reading the page; browsers take the SVG that pages name."""
    asking.refuse_past(request, "the icon is the same on every day.")
    response = FileResponse(ICON.open("rb"), content_type="image/vnd.microsoft.icon")
    response["Cache-Control"] = f"public, max-age={ICON_SECONDS}"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@answering
def sitemap(request: HttpRequest) -> HttpResponse:
    asking.refuse_past(request, "it lists every address there is; each takes “as_of” itself.")
    found = Commitment.objects.published().values_list("slug", "updated_at")
    fixed = (
        "", "agreements/", "owners/", "sectors/", "changes/", "corrections/", "calendar/", "method/", "data/", "about/",
        "contact/", "accessibility/",
    )  # fmt: skip
    context = {"site_url": settings.SITE_URL, "fixed": fixed, "promises": found}
    return render(request, "public/sitemap.xml", context, content_type="application/xml")
