from django.apps import AppConfig


class TrackerConfig(AppConfig):
    name = "tracker"
    label = "tracker"
    verbose_name = "The frame"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tracker import checking  # noqa: F401  (registers the system checks)
