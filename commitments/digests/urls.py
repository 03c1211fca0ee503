from django.urls import path

from commitments.digests import views

app_name = "digests"
urlpatterns = [
    path("", views.sign_up, name="sign_up"),
    path("check-your-post/", views.check_your_post, name="check_your_post"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("manage/<str:token>/", views.manage, name="manage"),
    path("reports/", views.reports, name="reports"),
    path("archive/", views.archive, name="archive"),
    path("archive/<int:number>/", views.past, name="past"),
]
