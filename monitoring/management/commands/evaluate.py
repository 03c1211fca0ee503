import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from monitoring import evaluating
from monitoring.evaluating.folders import FolderError


class Command(BaseCommand):
    help = "How good the judgement is on a labelled folder. Works in memory; the database is never asked."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("part", choices=evaluating.PARTS)
        parser.add_argument("--data", type=Path, required=True, action="append", metavar="DIR")
        parser.add_argument("--no-query", action="store_true", help="Leave the commitments' watch queries out.")
        parser.add_argument(
            "--decisions", type=int, metavar="N", help="After N decisions by editors; mean of ten orders."
        )
        parser.add_argument("--cross-validate", action="store_true", help="Weights that never saw what they score.")
        parser.add_argument("--predictions", type=Path, metavar="FILE", help="Write what score.py reads.")
        parser.add_argument("--refit", action="store_true", help="Make the shipped weights anew from these folders.")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        ask = evaluating.Ask(
            part=options["part"],
            folders=tuple(options["data"]),
            with_query=not options["no_query"],
            decisions=options["decisions"],
            cross_validate=options["cross_validate"],
            predictions=options["predictions"],
            refit=options["refit"],
        )
        try:
            found = evaluating.evaluate(ask)
        except (FolderError, OSError, ValueError, KeyError) as error:
            raise CommandError(f"{type(error).__name__}: {error}") from error
        self.stdout.write(json.dumps(found, indent=1) if options["json"] else evaluating.as_text(found))
