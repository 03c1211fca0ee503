from django.contrib import admin
from django.urls import include, path

from tracker import health

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("statusz", health.statusz),
    path("metrics", health.metrics),
    path("admin/", admin.site.urls),
    path("staff/account/", include("tracker.signin_urls")),
    path("digest/", include("commitments.digests.urls")),
    path("", include("monitoring.urls")),
    path("", include("commitments.public.urls")),
]
