from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CommitmentsConfig(AppConfig):
    name = "commitments"
    label = "commitments"
    verbose_name = "The record"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from commitments import triggers

        post_migrate.connect(triggers.install_after_migrate, sender=self, dispatch_uid="append_only_triggers")
