"""`manage.py copy_to URL`: this installation into an empty PostgreSQL, with proof."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from tracker import copying, safekeeping


class Command(BaseCommand):
    help = "Copy everything into the empty database at URL and prove that both hold the same record."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", help="postgresql://user:password@host/name, or sqlite:////path")

    def handle(self, *args: Any, url: str, **options: Any) -> None:
        try:
            proof = safekeeping.move(url, self.stdout.write)
        except (copying.CannotCopy, ImproperlyConfigured) as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write(f"Compared row by row: both hold the same. {proof}")
        self.stdout.write("Now set DATABASE_URL to it, keep the SECRET_KEY, and start the processes there.")
