import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from commitments.seeding import sketching
from monitoring import covering, filing
from monitoring.covering import CannotRead


class Command(BaseCommand):
    help = "Drafts of commitments from coverage: files or addresses, merged, compared with the record. Stores nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sources", nargs="+", metavar="FILE|URL")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--record", type=Path, metavar="FOLDER", help="write a new record folder of drafts")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            documents = covering.open_all(options["sources"])
        except CannotRead as error:
            raise CommandError(str(error)) from error
        result = covering.draft(documents, covering.record_matcher(timezone.now()))
        if options["record"]:
            self.write(options["record"], result)
            return
        if options["json"]:
            self.stdout.write(json.dumps(covering.as_plain(result), ensure_ascii=False, indent=1))
            return
        for line in covering.lines(result):
            self.stdout.write(line)

    def write(self, folder: Path, result: covering.Result) -> None:
        try:
            made = filing.write(folder, result, timezone.localdate())
        except sketching.FolderExists as error:
            raise CommandError(str(error)) from error
        for path in made:
            self.stdout.write(str(path))
        self.stdout.write(f"{len(result.drafts)} drafts. Put them into your own words, then: manage.py seed {folder}")
