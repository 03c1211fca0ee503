from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracker import rooms


class Command(BaseCommand):
    help = "Fill an empty database with synthetic data for benchmarks. Refused where real data is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--commitments", type=int, default=0, help="each with 10 pieces of evidence and 5 changes")
        parser.add_argument("--items", type=int, default=0, help="news items, 100 to a source")
        parser.add_argument("--subscribers", type=int, default=0, help="confirmed, with mixed scopes")

    def handle(self, *args: Any, **options: Any) -> None:
        generators = list(rooms.having("generating"))
        found = [real for real in (generator.real_data() for generator in generators) if real]
        if found:
            raise CommandError(
                f"This database holds real data ({'; '.join(found)}); give an empty one in DATABASE_URL."
            )
        amounts = {name: options[name] for name in ("commitments", "items", "subscribers")}
        for generator in generators:
            for line in generator.generate(amounts, now=timezone.now()):
                self.stdout.write(line)
