from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "commitments.public"
    label = "public"
    verbose_name = "The front window"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from commitments.public import illustrating, moving, versioning

        versioning.listen()
        moving.listen()
        illustrating.listen()
