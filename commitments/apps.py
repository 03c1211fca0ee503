from django.apps import AppConfig


class CommitmentsConfig(AppConfig):
    name = "commitments"
    label = "commitments"
    verbose_name = "The record"
    default_auto_field = "django.db.models.BigAutoField"
