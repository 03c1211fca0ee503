"""`manage.py backup FILE`: everything in one file, verified."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tracker import copying, safekeeping


class Command(BaseCommand):
    help = "Write everything into FILE (a SQLite database, whatever this installation runs on) and verify it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            proof = safekeeping.back_up(file, self.stdout.write)
        except (copying.CannotCopy, OSError) as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write(str(proof))
        self.stdout.write(f"{file} holds addresses of people and password hashes: keep it as safe as SECRET_KEY.")
