from django.urls import path

from commitments.public.views import pages

app_name = "public"
urlpatterns = [
    path("", pages.home, name="home"),
    path("c/<slug:slug>/", pages.commitment, name="commitment"),
]
