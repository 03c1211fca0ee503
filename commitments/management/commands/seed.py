"""Load record folders: all that is shipped, or the ones named."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from commitments import seeding

SHIPPED = Path(__file__).resolve().parents[2] / "records"


class Command(BaseCommand):
    help = (
        "Load record folders (default: all shipped ones). Reads and checks everything before it writes; safe to repeat."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
        parser.add_argument(
            "--update", action="store_true", help="take the folder's words where they differ from what is stored"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folders = options["folders"] or sorted(path for path in SHIPPED.iterdir() if path.is_dir())
        try:
            reports = seeding.seed(folders, now=timezone.now(), update=options["update"])
        except seeding.BadRecord as error:
            raise CommandError(str(error)) from error
        for report in reports:
            for line in report.lines():
                self.stdout.write(line)
