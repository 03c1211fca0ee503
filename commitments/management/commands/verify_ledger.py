from argparse import ArgumentParser
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from commitments import auditing


class Command(BaseCommand):
    help = "Check the ledger's chain and every derived status; print the head hash, or name the first bad row."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head", default="", help="A head hash published earlier, to prove it is a prefix of this ledger."
        )

    def handle(self, *args: Any, head: str, **options: Any) -> None:
        began = perf_counter()
        audit = auditing.audit(earlier_head=head)
        if audit.problem:
            raise CommandError(f"The ledger does not verify: {audit.problem}")
        seconds = max(perf_counter() - began, 1e-6)
        self.stdout.write(audit.head)
        self.stderr.write(f"{audit.rows} entries verified, {audit.rows / seconds:,.0f} a second")
