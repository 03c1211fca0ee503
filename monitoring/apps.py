from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"
    label = "monitoring"
    verbose_name = "The watch"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from monitoring.desk import pin_boxes

        pin_boxes()
