from django.urls import URLPattern, path

from monitoring.views import sources

app_name = "monitoring"
urlpatterns: list[URLPattern] = [
    path("monitoring/", sources.monitoring, name="monitoring"),
]
