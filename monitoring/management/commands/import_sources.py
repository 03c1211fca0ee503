from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from monitoring import importing
from monitoring.outlines import NotOpml


class Command(BaseCommand):
    help = "Add the sources of an OPML file; those that are there already stay as they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.opml")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            imported = importing.import_file(options["file"], timezone.now())
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from None
        except NotOpml as error:
            raise CommandError(f"{options['file']}: {error}") from None
        for line in imported.refused:
            self.stderr.write(f"Refused: {line}")
        added, refused = len(imported.added), len(imported.refused)
        self.stdout.write(f"{added} sources added, {imported.known} were there already, {refused} refused.")
