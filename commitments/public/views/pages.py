"""The home page and the page of one commitment."""

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from commitments.public import (
    asking,
    charts,
    citing,
    embedding,
    finding,
    gathering,
    listing,
    presenting,
    selecting,
    summarising,
    unfolding,
)
from commitments.public.models import Challenge
from commitments.public.shapes import Dossier, Moment, Row
from commitments.public.views.answering import answering

ROWS_A_PAGE = 60
# No list is that long; a longer number is a slip of somebody’s hand.
HIGHEST_PAGE = 10**6
BRIEF = 5
CHANGES_A_PAGE = 60
# Above every number that an entry of the ledger or an edit will ever have.
LATEST = 10**12


@answering
def home(request: HttpRequest) -> HttpResponse:
    moment = asking.moment(request)
    everything = listing.rows(moment)
    return render(request, "public/home.html", _home(moment, everything) | filtered(request, moment, everything))


def filtered(request: HttpRequest, moment: Moment, everything: list[Row]) -> dict[str, object]:
    """What the filtered table and its form need, on whichever page it stands."""
    selection = selecting.read(request.GET)
    chosen = selecting.choose(everything, selection)
    shown, number, pages = _page(request, chosen)
    return {
        "moment": moment,
        "real_today": asking.today(),
        "selection": selection,
        "query": selection.query(moment),
        "choices": selecting.choices(everything, selection),
        "sorts": selecting.SORTS,
        "columns": selecting.COLUMNS,
        "rows": shown,
        "total": len(chosen),
        "everything": len(everything),
        "number": number,
        "pages": pages,
    }


def _home(moment: Moment, rows: list[Row]) -> dict[str, object]:
    shares = summarising.shares(rows)
    steps = unfolding.all_steps(moment)
    counts = summarising.bands(rows)
    return {
        "sentence": summarising.sentence(rows),
        "headline": summarising.headline(rows),
        "what": presenting.what_is_tracked(rows),
        "sources_read_at": finding.sources_last_read_at(),
        "shares": shares,
        "bar": embedding.marked(charts.status_bar(shares)),
        "bands": [(band, selecting.BAND_LABELS[band], count) for band, count in counts.items() if count],
        "lately": gathering.changes(moment, rated=True, limit=BRIEF),
        "overdue": summarising.overdue(rows, moment.today, limit=BRIEF),
        "due_next": summarising.due_next(rows, moment.today, limit=BRIEF),
        "silent": summarising.silent_longest(rows, moment.today, limit=BRIEF),
        "over_time": charts.status_over_time(rows, steps, moment.today),
        "over_time_csv": f"/charts/status-over-time.csv{moment.suffix}",
        "activity": charts.activity(gathering.evidence_dates(moment), _first(rows, moment), moment.today),
        "activity_csv": f"/charts/activity.csv{moment.suffix}",
        "owners": summarising.groups(rows, lambda row: row.owners),
        "sectors": summarising.groups(rows, lambda row: row.sectors),
        "agreements": summarising.groups(rows, lambda row: (row.agreement,)),
    }


@answering
def party(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """An agreement, an owner or a sector: who or what it is, and its promises."""
    moment = asking.moment(request)
    try:
        found = finding.party(kind, slug)
    except finding.Deleted as name:
        return render(request, "public/deleted.html", {"name": name, "kind": kind, "moment": moment}, status=410)
    if found.slug != slug:
        return finding.redirect(request, slug, found.slug)
    own = finding.rows_of(kind, slug, listing.rows(moment))
    pks = {row.pk for row in own}
    dates = gathering.evidence_dates_of(moment, pks)
    scope = kind.removesuffix("s")
    query = f"{scope}={slug}{'&' + moment.query if moment.as_of else ''}"
    context = {
        "found": found,
        "scope": scope,
        "base": f"/{kind}/{slug}",
        "site_url": settings.SITE_URL,
        "sentence": summarising.sentence(own),
        "shares": summarising.shares(own),
        "bar": embedding.marked(charts.status_bar(summarising.shares(own))),
        "lately": gathering.changes(moment, commitments=pks, rated=True, limit=BRIEF),
        "over_time": charts.status_over_time(own, unfolding.all_steps(moment), moment.today, subject=found.name),
        "over_time_csv": f"/charts/status-over-time.csv?{query}",
        "activity": charts.activity(dates, _first(own, moment), moment.today),
        "activity_csv": f"/charts/activity.csv?{query}",
        **filtered(request, moment, own),
    }
    return render(request, "public/party.html", context)


@answering
def parties(request: HttpRequest, kind: str) -> HttpResponse:
    """All agreements, owners or sectors with the state of their promises."""
    moment = asking.moment(request)
    rows = listing.rows(moment)
    groups = summarising.groups(rows, finding.OF[kind])
    return render(request, "public/parties.html", {"kind": kind, "groups": groups, "moment": moment})


@answering
def changes(request: HttpRequest) -> HttpResponse:
    moment = asking.moment(request)
    before = asking.whole(request, "before", default=LATEST, most=LATEST)
    found = gathering.changes(moment, before=before, latest=True, limit=CHANGES_A_PAGE + 1)
    context = {
        "moment": moment,
        "changes": found[:CHANGES_A_PAGE],
        "older": found[CHANGES_A_PAGE - 1].sequence if len(found) > CHANGES_A_PAGE else None,
    }
    return render(request, "public/changes.html", context)


@answering
def corrections(request: HttpRequest) -> HttpResponse:
    """Every correcting entry and every edit of published words, for ever, a page of each at a time."""
    moment = asking.moment(request)
    before = asking.whole(request, "before", default=LATEST, most=LATEST)
    edits_before = asking.whole(request, "edits_before", default=LATEST, most=LATEST)
    changes = gathering.changes(moment, corrections=True, before=before, latest=True, limit=CHANGES_A_PAGE + 1)
    edits = gathering.edits(moment, before=edits_before, limit=CHANGES_A_PAGE + 1)
    context = {
        "moment": moment,
        "changes": changes[:CHANGES_A_PAGE],
        "older": changes[CHANGES_A_PAGE - 1].sequence if len(changes) > CHANGES_A_PAGE else None,
        "edits": edits[:CHANGES_A_PAGE],
        "edits_older": edits[CHANGES_A_PAGE - 1][1].number if len(edits) > CHANGES_A_PAGE else None,
    }
    return render(request, "public/corrections.html", context)


@answering
def calendar(request: HttpRequest) -> HttpResponse:
    """Deadlines in their order, a page at a time, all or of one year; it opens where today is."""
    moment = asking.moment(request)
    dated = summarising.in_order_of_due(listing.rows(moment))
    year = asking.year(request)
    rows = summarising.in_order_of_due(dated, year=year)
    past = sum(1 for row in rows if row.due.on and row.due.on < moment.today)
    here = 1 if year else min(past, len(rows) - 1) // ROWS_A_PAGE + 1
    shown, number, pages = _page(request, rows, opens_at=max(here, 1))
    context = {
        "moment": moment,
        "years": summarising.by_due_year(shown),
        "every_year": [(of, len(due)) for of, due in summarising.by_due_year(dated)],
        "year": year,
        "suffix": _suffix(moment, f"year={year}" if year else ""),
        "count": len(dated),
        "number": number,
        "pages": pages,
    }
    return render(request, "public/calendar.html", context)


def _suffix(moment: Moment, *more: str) -> str:
    query = "&".join(part for part in (*more, moment.query) if part)
    return f"?{query}" if query else ""


def _page(request: HttpRequest, rows: list[Row], *, opens_at: int = 1) -> tuple[Sequence[Row], int, int]:
    """The rows of the page asked for, its number, and how many pages there are."""
    return presenting.cut(rows, asking.whole(request, "page", default=opens_at, most=HIGHEST_PAGE), ROWS_A_PAGE)


def _first(rows: list[Row], moment: Moment) -> date:
    return min((row.made_on for row in rows), default=moment.today)


@answering
def commitment(request: HttpRequest, slug: str) -> HttpResponse:
    moment = asking.moment(request)
    found = finding.commitment(slug)
    if found.moved_to:
        return finding.redirect(request, slug, found.moved_to)
    if found.is_withdrawn:
        return render(request, "public/withdrawn.html", {"commitment": found.commitment, "moment": moment}, status=410)
    dossier = unfolding.dossier(found.commitment, moment)
    number = asking.whole(request, "page", default=1, most=HIGHEST_PAGE)
    sheet = presenting.sheet(presenting.timeline(dossier), number=number, around=request.GET.get("event", ""))
    return render(request, "public/commitment.html", {"sheet": sheet, **_commitment(dossier, moment)})


def _commitment(dossier: Dossier, moment: Moment) -> dict[str, object]:
    row = dossier.row
    address = f"{settings.SITE_URL}/c/{row.slug}/"
    steps = unfolding.steps(dossier.changes, moment)
    own = f"slug={row.slug}{'&' + moment.query if moment.as_of else ''}"
    return {
        "moment": moment,
        "real_today": asking.today(),
        "row": row,
        "dossier": dossier,
        "site_url": settings.SITE_URL,
        "base": f"/c/{row.slug}",
        "permalink": address,
        "silence": row.days_silent(moment.today),
        "figures": [(charts.trajectory(line, moment.today, present=not moment.as_of), line) for line in dossier.lines],
        "line_csv": f"/charts/trajectory.csv?{moment.query + '&' if moment.as_of else ''}series=",
        "time_in_status": charts.time_in_status(steps, row.made_on, moment.today),
        "time_csv": f"/charts/time-in-status.csv?{own}",
        "activity": charts.activity(dossier.evidence_dates, row.made_on, moment.today),
        "activity_csv": f"/charts/activity.csv?{own}",
        "details": presenting.details(dossier),
        "corrections": [change for change in dossier.changes if change.is_correction],
        "challenges": Challenge.objects.shown().about(row.pk).sent_by(moment.today),
        "citation": presenting.citation(row, site=settings.SITE_NAME, address=address, moment=moment),
        "embed_code": embedding.code(row, site_url=settings.SITE_URL),
        "structured": citing.structured(dossier, site_url=settings.SITE_URL, site=settings.SITE_NAME),
        "card_version": dossier.last_change.sequence if dossier.last_change else 0,
        "card_alt": embedding.card_words(row),
    }
