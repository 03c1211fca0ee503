from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from monitoring import claiming, judging, polling
from monitoring.models import Source


class Command(BaseCommand):
    help = "Poll the sources that are due and judge what is new, in this process, through the same code as the worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="All that are watched, due or not.")
        parser.add_argument("--source", type=int, metavar="ID", action="append", help="This one, due or not.")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        wanted = options["source"]
        if wanted and (missing := set(wanted) - set(Source.objects.in_bulk(wanted))):
            raise CommandError(f"There is no source with the number {', '.join(map(str, sorted(missing)))}.")
        batch = claiming.claim_wanted(now, wanted) if wanted or options["all"] else claiming.claim_due(now)
        report = polling.poll_alone(batch, now)
        judging.judge_waiting(now)
        self.stdout.write(
            f"{report.asked} sources asked, {report.failed} of them failed; "
            f"{report.new} new items, {report.edited} edited."
        )
        for source in Source.objects.held(now).select_related("host"):
            if options["all"] or source.pk in (wanted or ()):
                until = f"{source.waits_until_at:%Y-%m-%d %H:%M} UTC"
                self.stdout.write(f"Left alone: {source.title}, until {until}. {source.waits_because}")
