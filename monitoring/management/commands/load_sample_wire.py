from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from monitoring import sampling


class Command(BaseCommand):
    help = "Watch the sample wire served under an address on loopback. Only where nothing is configured."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("base", metavar="ADDRESS", help="Such as http://127.0.0.1:8001/")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("This installation is configured for real use: invented news has no place in it.")
        added = sampling.load(options["base"], timezone.now())
        self.stdout.write(f"{added} sample sources added.")
