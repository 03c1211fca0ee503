"""The doors of the sign-in area that we open; the rest of allauth stays shut."""

from allauth.account import views
from django.urls import include, path

from tracker import sitting

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/", views.password_change, name="account_change_password"),
    path("sessions/", sitting.Sittings.as_view(), name="usersessions_list"),
    path("second-factor/", include("allauth.mfa.urls")),
]
