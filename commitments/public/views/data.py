"""The same address as a page, plus `.json`, `.csv`, `.atom` or `.ics`: the same thing for machines."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from commitments.public import (
    asking,
    exporting,
    feeding,
    finding,
    gathering,
    listing,
    presenting,
    selecting,
    summarising,
    timing,
    unfolding,
)
from commitments.public.scheduling import calendar as calendar_of
from commitments.public.shapes import Change, Moment, Row
from commitments.public.views.answering import answering

FEED_LENGTH = 50
LATEST_SEQUENCE = 10**12
TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "feed.json": "application/feed+json",
    "svg": "image/svg+xml",
}


def reply(text: str, form: str, *, name: str = "") -> HttpResponse:
    """A download that any page may read; `name` is what a browser saves it as."""
    response = HttpResponse(text, content_type=TYPES[form])
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    if name and form in ("csv", "ics"):
        response["Content-Disposition"] = f'inline; filename="{name}.{form}"'
    return response


@answering
def index(request: HttpRequest, form: str) -> HttpResponse:
    """The list with its filters; feeds carry the changes of the rows that it shows."""
    moment = asking.moment(request)
    selection = selecting.read(request.GET)
    rows = selecting.choose(listing.rows(moment), selection)
    query = selection.query(moment)
    return of_rows(request, form, rows, moment, name="commitments", page=f"/{query}")


@answering
def calendar(request: HttpRequest, form: str) -> HttpResponse:
    """Deadlines in their order, with the filters of the list besides; feeds carry the changes of those promises."""
    moment = asking.moment(request)
    rows = selecting.choose(listing.rows(moment), selecting.read(request.GET))
    due = summarising.in_order_of_due(rows, year=asking.year(request))
    return of_rows(request, form, due, moment, name="calendar", page=f"/calendar/{moment.suffix}", title="Deadlines")


@answering
def parties(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """All agreements, owners or sectors with the count of their promises; changes stand in the feed of each."""
    if form not in ("json", "csv"):
        raise Http404
    moment = asking.moment(request)
    groups = summarising.groups(listing.rows(moment), finding.OF[kind])
    told = [exporting.party(one.party, path=kind, site_url=settings.SITE_URL, count=one.count) for one in groups]
    if form == "csv":
        return reply(exporting.as_csv(told, exporting.PARTY_COLUMNS), form, name=kind)
    head = {"as_of": moment.today.isoformat(), "licence": exporting.LICENCE, "count": len(told)}
    return reply(exporting.as_json({**head, kind: told}), form)


@answering
def party(request: HttpRequest, kind: str, slug: str, form: str) -> HttpResponse:
    moment = asking.moment(request)
    try:
        found = finding.party(kind, slug)
    except finding.Deleted as name:
        return finding.gone(f"“{name}” is no longer among the {kind} of this record.")
    if found.slug != slug:
        return finding.redirect(request, slug, found.slug)
    rows = selecting.choose(finding.rows_of(kind, slug, listing.rows(moment)), selecting.read(request.GET))
    return of_rows(request, form, rows, moment, name=slug, page=f"/{kind}/{slug}/{moment.suffix}", title=found.name)


@answering
def commitment(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    moment = asking.moment(request)
    found = finding.commitment(slug)
    if found.moved_to:
        return finding.redirect(request, slug, found.moved_to)
    if found.is_withdrawn:
        message = f"{found.commitment.ref} was withdrawn. {found.commitment.life_note}"
        return finding.gone(message.strip())
    row = listing.row(found.commitment, moment)
    if form in ("json", "csv"):
        dossier = unfolding.dossier(found.commitment, moment)
        if form == "json":
            return reply(exporting.as_json(exporting.whole(dossier, moment, site_url=settings.SITE_URL)), form)
        events = exporting.events(dossier, presenting.timeline(dossier), site_url=settings.SITE_URL)
        return reply(exporting.as_csv(events, exporting.EVENT_COLUMNS), form, name=slug)
    return of_rows(request, form, [row], moment, name=slug, page=f"/c/{slug}/", title=row.title)


def of_rows(
    request: HttpRequest, form: str, rows: list[Row], moment: Moment, *, name: str, page: str, title: str = ""
) -> HttpResponse:
    makers: dict[str, Callable[[], str]] = {
        "json": lambda: _json(rows, moment),
        "csv": lambda: _csv(rows),
        "ics": lambda: _ics(rows, moment, title),
        "atom": lambda: _feed(request, rows, moment, page, title, feeding.atom),
        "feed.json": lambda: _feed(request, rows, moment, page, title, _json_feed),
    }
    return reply(makers[form](), form, name=name)


def _json(rows: list[Row], moment: Moment) -> str:
    sequence, head = gathering.head()
    return exporting.as_json(
        {
            "as_of": moment.today.isoformat(),
            "ledger": {"sequence": sequence, "head": head},
            "licence": exporting.LICENCE,
            "count": len(rows),
            "commitments": [exporting.record(row, site_url=settings.SITE_URL) for row in rows],
        }
    )


def _csv(rows: list[Row]) -> str:
    records = [exporting.record(row, site_url=settings.SITE_URL) for row in rows]
    return exporting.as_csv(records, exporting.RECORD_COLUMNS)


def _ics(rows: list[Row], moment: Moment, title: str) -> str:
    host = feeding.Channel("", "", "", "", settings.SITE_URL).host
    name = f"{settings.SITE_NAME}: {title or 'deadlines'}"
    return calendar_of(timing.deadlines(moment, rows), name=name, host=host, site_url=settings.SITE_URL)


def _json_feed(channel: feeding.Channel, changes: list[Change]) -> str:
    return exporting.as_json(feeding.json_feed(channel, changes))


def _feed(
    request: HttpRequest,
    rows: list[Row] | None,
    moment: Moment,
    page: str,
    title: str,
    make: Callable[[feeding.Channel, list[Change]], str],
    *,
    corrections: bool = False,
) -> str:
    before = asking.whole(request, "before", default=LATEST_SEQUENCE, most=LATEST_SEQUENCE)
    changes = gathering.changes(
        moment,
        commitments=None if rows is None else [row.pk for row in rows],
        corrections=corrections,
        before=before,
        latest=True,
        limit=FEED_LENGTH + 1,
    )
    shown = changes[:FEED_LENGTH]
    channel = feeding.Channel(
        title=f"{settings.SITE_NAME}: {title or 'changes'}",
        address=f"{settings.SITE_URL}{request.get_full_path()}",
        page=f"{settings.SITE_URL}{page}",
        site=settings.SITE_NAME,
        site_url=settings.SITE_URL,
        older=_older(request, shown[-1].sequence) if len(changes) > FEED_LENGTH else "",
    )
    return make(channel, shown)


def _older(request: HttpRequest, sequence: int) -> str:
    """The address of the part of a feed below this entry."""
    query = request.GET.copy()
    query["before"] = str(sequence)
    return f"{settings.SITE_URL}{request.path}?{query.urlencode()}"


@answering
def changes(request: HttpRequest, form: str, corrections: bool = False) -> HttpResponse:
    """All changes, or the corrections among them, newest first."""
    if form == "ics":
        raise Http404("Changes have no calendar; see /calendar.ics.")
    moment = asking.moment(request)
    title, page = ("corrections", "/corrections/") if corrections else ("changes", "/changes/")
    if form in ("atom", "feed.json"):
        make = feeding.atom if form == "atom" else _json_feed
        return reply(_feed(request, None, moment, page, title, make, corrections=corrections), form)
    found = gathering.changes(moment, corrections=corrections)
    records = [exporting.change(entry, site_url=settings.SITE_URL) for entry in found]
    if form == "json":
        return reply(exporting.as_json({"as_of": moment.today.isoformat(), title: records}), form)
    return reply(exporting.as_csv(records, exporting.CHANGE_COLUMNS), form, name=title)
