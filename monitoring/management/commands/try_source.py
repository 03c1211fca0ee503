import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from monitoring import polling, trying
from monitoring.models.sources import SourceKind
from monitoring.parsing import Kind


class Command(BaseCommand):
    help = "Print as JSON, one line for each argument, what would be stored; store nothing."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sources", nargs="+", metavar="URL|FILE")
        parser.add_argument("--kind", choices=SourceKind.values, default=SourceKind.FEED.value)
        parser.add_argument("--selector", default="", help="For pages: a CSS selector of the part to read.")

    def handle(self, *args: Any, **options: Any) -> None:
        kind, selector = Kind(options["kind"]), options["selector"]
        for source in options["sources"]:
            trial = trying.try_out(source, polling.manners(), timezone.now(), kind=kind, selector=selector)
            self.stdout.write(json.dumps(trial.as_plain()))
            self.stdout.flush()
