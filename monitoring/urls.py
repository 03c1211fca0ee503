from django.urls import URLPattern, path

from monitoring.views import drafting, looking, pushing, sources, triage

app_name = "monitoring"
urlpatterns: list[URLPattern] = [
    path("monitoring/", sources.monitoring, name="monitoring"),
    path("monitoring/push/<str:token>/", pushing.push, name="push"),
    path("staff/triage/", triage.inbox, name="triage"),
    path("staff/triage/undo/", triage.undo, name="triage_undo"),
    path("staff/triage/dismiss/", triage.dismiss_many, name="triage_dismiss_many"),
    path("staff/triage/merge/", triage.merge, name="triage_merge"),
    path("staff/triage/draft/", drafting.draft, name="triage_draft"),
    path("staff/triage/search/", looking.search, name="triage_search"),
    path("staff/triage/preview/", looking.preview, name="triage_preview"),
    path("staff/triage/backfill/", looking.backfill, name="triage_backfill"),
    path("staff/triage/figures/", triage.figures, name="triage_figures"),
    path("staff/triage/split/<int:item>/", triage.split, name="triage_split"),
    path("staff/triage/suggest/<int:item>/", looking.suggest, name="triage_suggest"),
    path("staff/triage/<int:pk>/", triage.inbox, name="triage_card"),
    path("staff/triage/<int:pk>/accept/", triage.accept, name="triage_accept"),
    path("staff/triage/<int:pk>/dismiss/", triage.dismiss, name="triage_dismiss"),
    path("staff/triage/<int:pk>/snooze/", triage.snooze, name="triage_snooze"),
    path("staff/triage/<int:pk>/assign/", triage.assign, name="triage_assign"),
]
