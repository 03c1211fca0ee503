from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from monitoring import importing


class Command(BaseCommand):
    help = "Print the sources as OPML."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(importing.export_opml(f"Sources of {settings.SITE_NAME}"), ending="")
