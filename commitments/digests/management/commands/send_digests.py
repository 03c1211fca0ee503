from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import pluralize
from django.utils import timezone

from commitments.digests import sending


class Command(BaseCommand):
    help = "Build the runs that are due and send every letter that waits, in this process."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--now", default="", help="act as if it were this instant, such as 2026-11-30T08:01+00:00")

    def handle(self, *args: Any, now: str, **options: Any) -> None:
        moment = _instant(now)
        runs = sending.start_run(moment)
        sent = sending.send_due(lambda: moment if now else timezone.now())
        for run in runs:
            self.stdout.write(f"{run}: {run.total} letter{pluralize(run.total)}, {run.get_state_display().lower()}")
        self.stdout.write(f"{sent} letter{pluralize(sent)} handed over.")


def _instant(text: str) -> datetime:
    if not text:
        return timezone.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--now {text!r} is no instant; write it like 2026-11-30T08:01+00:00") from None
    return moment if moment.tzinfo else timezone.make_aware(moment)
