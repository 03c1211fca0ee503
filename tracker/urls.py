from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("digest/", include("commitments.digests.urls")),
    path("", include("monitoring.urls")),
    path("", include("commitments.public.urls")),
]
