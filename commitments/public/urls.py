from django.urls import URLPattern, include, path, register_converter

from commitments.public.views import api, challenges, data, embeds, facts, pages


class FormConverter:
    """The endings an address may take instead of its slash."""

    regex = r"feed\.json|json|csv|atom|ics"

    def to_python(self, value: str) -> str:
        return value

    to_url = to_python


class ChartConverter(FormConverter):
    regex = "status-over-time|activity|time-in-status|trajectory"


class AnythingConverter(FormConverter):
    """Like `path`, and line breaks too: whatever is asked for under the API, the answer has its shape."""

    regex = r"[\s\S]+"


register_converter(AnythingConverter, "anything")
register_converter(FormConverter, "form")
register_converter(ChartConverter, "chart")


def _parties(kind: str, name: str) -> list[URLPattern]:
    return [
        path(f"{kind}/", pages.parties, {"kind": kind}, name=kind),
        path(f"{kind}.<form:form>", data.parties, {"kind": kind}, name=f"{kind}-data"),
        path(f"{kind}/<slug:slug>/", pages.party, {"kind": kind}, name=name),
        path(f"{kind}/<slug:slug>.<form:form>", data.party, {"kind": kind}, name=f"{name}-data"),
    ]


api_urls = [
    path("", api.index, name="api"),
    path("openapi.json", api.openapi, name="openapi"),
    path("commitments", api.commitments, name="api-commitments"),
    path("commitments/<slug:slug>", api.commitment, name="api-commitment"),
    path("changes", api.changes, name="api-changes"),
    path("ledger/head", api.head, name="api-head"),
    *(path(kind, api.parties, {"kind": kind}, name=f"api-{kind}") for kind in ("agreements", "owners", "sectors")),
    path("<anything:rest>", api.nothing, name="api-nothing"),
]

app_name = "public"
urlpatterns = [
    path("", pages.home, name="home"),
    path("index.<form:form>", data.index, name="home-data"),
    path("c/<slug:slug>/", pages.commitment, name="commitment"),
    path("c/<slug:slug>.<form:form>", data.commitment, name="commitment-data"),
    *_parties("agreements", "agreement"),
    *_parties("owners", "owner"),
    *_parties("sectors", "sector"),
    path("changes/", pages.changes, name="changes"),
    path("changes.<form:form>", data.changes, name="changes-data"),
    path("corrections/", pages.corrections, name="corrections"),
    path("corrections.<form:form>", data.changes, {"corrections": True}, name="corrections-data"),
    path("calendar/", pages.calendar, name="calendar"),
    path("calendar.<form:form>", data.calendar, name="calendar-data"),
    path("charts/<chart:name>.csv", embeds.chart_csv, name="chart"),
    path("c/<slug:slug>/card.png", embeds.picture, name="picture"),
    path("embed/c/<slug:slug>/", embeds.card, name="card"),
    path("embed/c/<slug:slug>.svg", embeds.badge, name="badge"),
    path("oembed", embeds.oembed, name="oembed"),
    path("method/", facts.method, name="method"),
    path("data/", facts.data, name="data"),
    path("data/record.zip", facts.record_zip, name="record"),
    path("data/datapackage.json", facts.datapackage, name="datapackage"),
    path("data/<slug:name>.csv", facts.table_csv, name="table"),
    path("ledger.jsonl", facts.ledger_lines, name="ledger"),
    path("about/", facts.about, name="about"),
    path("accessibility/", facts.accessibility, name="accessibility"),
    path("contact/", challenges.contact, name="contact"),
    path("contact/thanks/", challenges.thanks, name="thanks"),
    path("favicon.ico", facts.icon, name="icon"),
    path("robots.txt", facts.robots, name="robots"),
    path("sitemap.xml", facts.sitemap, name="sitemap"),
    path("api/v1/", include(api_urls)),
]
