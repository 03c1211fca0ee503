"""Pieces for other people's pages: card, badge, oEmbed, the picture that goes with a shared link."""

import functools
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import Resolver404, resolve

from commitments.public import (
    asking,
    charts,
    embedding,
    exporting,
    finding,
    gathering,
    illustrating,
    listing,
    unfolding,
)
from commitments.public.asking import BadRequest
from commitments.public.shapes import Moment, Row
from commitments.public.views.answering import answering
from commitments.public.views.data import reply

# A card may stand in any page and needs nothing but its own style sheet; search engines follow its canonical link.
CARD_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "connect-src 'self'",
        "font-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "frame-ancestors *",
    )
)
OEMBED_HEIGHT = 260
OEMBED_WIDTH = 600


def embeddable(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """`answering` for what other people's pages load: refusals too may be read there, and are as small as a card."""

    @functools.wraps(view)
    def made(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Http404 as problem:
            return _refusal("not_found", str(problem), 404)
        except BadRequest as problem:
            return _refusal("bad_request", str(problem), 400)

    answered = answering(made)

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = answered(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return answer


def _refusal(code: str, message: str, status: int) -> HttpResponse:
    response = JsonResponse({"error": {"code": code, "message": message}}, status=status)
    response.xframe_options_exempt = True
    response["Content-Security-Policy"] = CARD_POLICY
    return response


def _row(slug: str, moment: Moment) -> Row:
    found = finding.commitment(slug)
    if found.is_withdrawn:
        raise Http404(f"{found.commitment.ref} was withdrawn.")
    return listing.row(found.commitment, moment)


@embeddable
def card(request: HttpRequest, slug: str) -> HttpResponse:
    moment = asking.moment(request)
    found = finding.commitment(slug)
    row = None if found.is_withdrawn else listing.row(found.commitment, moment)
    title = row.title if row else found.commitment.title
    context = {"row": row, "commitment": found.commitment, "title": title, "moment": moment}
    context["site_url"] = settings.SITE_URL
    response = render(request, "public/card.html", context)
    response["Content-Security-Policy"] = CARD_POLICY
    response.xframe_options_exempt = True
    return response


@embeddable
def badge(request: HttpRequest, slug: str) -> HttpResponse:
    return reply(embedding.badge(_row(slug, asking.moment(request))), "svg")


@embeddable
def picture(request: HttpRequest, slug: str) -> HttpResponse:
    """The Open Graph picture, with the words of the page."""
    moment = asking.moment(request)
    return HttpResponse(illustrating.picture(_row(slug, moment), moment), content_type="image/png")


@embeddable
def oembed(request: HttpRequest) -> HttpResponse:
    """oEmbed 1.0, JSON only: `rich`, an iframe with the card."""
    if request.GET.get("format", "json") != "json":
        return _refusal("not_implemented", "Only JSON is offered.", 501)
    address = request.GET.get("url", "")
    # Who pastes the address of a past day shares that day.
    day = request.GET.get("as_of") or QueryDict(urlsplit(address).query).get("as_of", "")
    moment = asking.moment_of(str(day))
    row = _row(_slug_of(address), moment)
    width = min(asking.whole(request, "maxwidth", default=OEMBED_WIDTH, most=10_000), OEMBED_WIDTH)
    height = min(asking.whole(request, "maxheight", default=OEMBED_HEIGHT, most=10_000), OEMBED_HEIGHT)
    return JsonResponse(
        {
            "version": "1.0",
            "type": "rich",
            "title": f"{row.title}: {row.status_label.lower()}",
            "provider_name": settings.SITE_NAME,
            "provider_url": f"{settings.SITE_URL}/",
            "cache_age": 3600,
            "html": embedding.code(row, site_url=settings.SITE_URL, suffix=moment.suffix),
            "width": width,
            "height": height,
        }
    )


def _slug_of(address: str) -> str:
    """The slug in one of our own page addresses; raises `BadRequest` for any other."""
    if not address.startswith(f"{settings.SITE_URL}/"):
        raise BadRequest(f"“url” must be the address of a promise on {settings.SITE_URL}.")
    try:
        match = resolve(address.removeprefix(settings.SITE_URL).split("?")[0].split("#")[0])
    except Resolver404:
        raise Http404("There is no such page.") from None
    if match.url_name != "commitment":
        raise Http404("Only pages of promises can be embedded.")
    return str(match.kwargs["slug"])


@answering
def chart_csv(request: HttpRequest, name: str) -> HttpResponse:
    """The numbers behind a chart: `?agreement=`, `?owner=`, `?sector=`, `?slug=` or `?series=` say which."""
    moment = asking.moment(request)
    makers = {
        "status-over-time": _status_over_time,
        "activity": _activity,
        "time-in-status": _time_in_status,
        "trajectory": _trajectory,
    }
    figure = makers[name](request, moment)
    if figure is None:
        raise Http404("There is nothing to draw yet.")
    return reply(exporting.table(figure.header, figure.rows), "csv", name=name)


def _rows(request: HttpRequest, moment: Moment) -> list[Row]:
    rows = listing.rows(moment)
    for kind, name in (("agreements", "agreement"), ("owners", "owner"), ("sectors", "sector")):
        if request.GET.get(name):
            rows = finding.rows_of(kind, request.GET[name], rows)
    if request.GET.get("slug"):
        rows = [row for row in rows if row.slug == request.GET["slug"]]
    return rows


def _status_over_time(request: HttpRequest, moment: Moment) -> charts.Figure | None:
    return charts.status_over_time(_rows(request, moment), unfolding.all_steps(moment), moment.today)


def _activity(request: HttpRequest, moment: Moment) -> charts.Figure | None:
    rows = _rows(request, moment)
    dates = gathering.evidence_dates_of(moment, {row.pk for row in rows})
    first = min((row.made_on for row in rows), default=moment.today)
    return charts.activity(dates, first, moment.today)


def _time_in_status(request: HttpRequest, moment: Moment) -> charts.Figure | None:
    found = finding.commitment(request.GET.get("slug", ""))
    changes = tuple(sorted(gathering.changes(moment, commitment=found.commitment.pk), key=lambda c: c.sequence))
    steps = unfolding.steps(changes, moment)
    return charts.time_in_status(steps, found.commitment.made_on, moment.today)


def _trajectory(request: HttpRequest, moment: Moment) -> charts.Figure | None:
    line = unfolding.line(finding.slug(request.GET.get("series", "")), moment)
    return charts.trajectory(line, moment.today) if line else None
