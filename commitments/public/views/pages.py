"""The home page and the page of one commitment."""

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
    presenting,
    selecting,
    summarising,
    unfolding,
)
from commitments.public.models import Challenge
from commitments.public.shapes import Dossier, Moment, Row
from commitments.public.views.answering import answering

ROWS_A_PAGE = 60
BRIEF = 5


@answering
def home(request: HttpRequest) -> HttpResponse:
    moment = asking.moment(request)
    everything = gathering.rows(moment)
    return render(request, "public/home.html", _home(moment, everything) | listing(request, moment, everything))


def listing(request: HttpRequest, moment: Moment, everything: list[Row]) -> dict[str, object]:
    """What the filtered table and its form need, on whichever page it stands."""
    selection = selecting.read(request.GET)
    chosen = selecting.choose(everything, selection)
    pages = max(1, -(-len(chosen) // ROWS_A_PAGE))
    number = min(asking.whole(request, "page", default=1, most=10**6), pages)
    return {
        "moment": moment,
        "real_today": asking.today(),
        "selection": selection,
        "query": selection.query(moment),
        "choices": selecting.choices(everything, selection),
        "sorts": selecting.SORTS,
        "columns": selecting.COLUMNS,
        "rows": chosen[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE],
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
        "sources_read": finding.sources_last_read(),
        "shares": shares,
        "bar": embedding.marked(charts.status_bar(shares, link=lambda code: f"?status={code}#promises")),
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


def _first(rows: list[Row], moment: Moment) -> date:
    return min((row.made_on for row in rows), default=moment.today)


@answering
def commitment(request: HttpRequest, slug: str) -> HttpResponse:
    moment = asking.moment(request)
    found = finding.commitment(slug)
    if found.moved_to:
        return finding.redirect(request, found)
    if found.is_withdrawn:
        return render(request, "public/withdrawn.html", {"commitment": found.commitment, "moment": moment}, status=410)
    dossier = unfolding.dossier(found.commitment, moment)
    return render(request, "public/commitment.html", _commitment(dossier, moment))


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
        "figures": [(charts.trajectory(line, moment.today), line) for line in dossier.lines],
        "own_query": own,
        "timeline": presenting.timeline(dossier),
        "time_in_status": charts.time_in_status(steps, row.made_on, moment.today),
        "time_csv": f"/charts/time-in-status.csv?{own}",
        "activity": charts.activity(dossier.evidence_dates, row.made_on, moment.today),
        "activity_csv": f"/charts/activity.csv?{own}",
        "details": presenting.details(dossier),
        "corrections": [change for change in dossier.changes if change.is_correction],
        "challenges": Challenge.objects.shown().about(row.pk),
        "citation": presenting.citation(row, site=settings.SITE_NAME, address=address, moment=moment),
        "embed_code": embedding.code(row, site_url=settings.SITE_URL),
        "structured": citing.structured(dossier, site_url=settings.SITE_URL, site=settings.SITE_NAME),
        "card_version": dossier.last_change.sequence if dossier.last_change else 0,
        "card_alt": embedding.card_words(row),
    }
