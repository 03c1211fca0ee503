from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate


class CommitmentsConfig(AppConfig):
    default = True
    name = "commitments"
    label = "commitments"
    verbose_name = "The record"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from commitments import triggers
        from commitments.desk import pin_boxes

        post_migrate.connect(triggers.install_after_migrate, sender=self, dispatch_uid="append_only_triggers")
        pin_boxes()


class StaffAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our first page."""

    default = False
    default_site = "commitments.admin_site.StaffSite"
