"""`manage.py restore FILE`: a backup into an empty installation, compared, with letters held."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracker import copying, safekeeping


class Command(BaseCommand):
    help = "Fill this empty installation from a file of `backup`, compare both, and hold letters that may have left."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            proof = safekeeping.restore(file, self.stdout.write, timezone.now())
        except (copying.CannotCopy, OSError) as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write(f"Compared row by row: both hold the same. {proof}")
