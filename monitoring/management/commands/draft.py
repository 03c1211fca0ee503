import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from monitoring import covering
from monitoring.covering import CannotRead


class Command(BaseCommand):
    help = "Drafts of commitments from coverage: files or addresses, merged, compared with the record. Stores nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sources", nargs="+", metavar="FILE|URL")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            documents = covering.open_all(options["sources"])
        except CannotRead as error:
            raise CommandError(str(error)) from error
        result = covering.draft(documents, covering.record_matcher(timezone.now()))
        if options["json"]:
            self.stdout.write(json.dumps(covering.as_plain(result), ensure_ascii=False, indent=1))
            return
        for line in covering.lines(result):
            self.stdout.write(line)
