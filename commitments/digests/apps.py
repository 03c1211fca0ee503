from django.apps import AppConfig


class DigestsConfig(AppConfig):
    name = "commitments.digests"
    label = "digests"
    verbose_name = "The post room"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from commitments.digests.desk import pin_boxes

        pin_boxes()
