"""`manage.py doctor`: what is wrong and how to mend it; exit 1 if anything is."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tracker import examining


class Command(BaseCommand):
    help = "Say in plain words what is wrong and how to mend it."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for name, findings in examining.examine(timezone.now()):
            self.stdout.write(f"{name:9} {'well' if not findings else ''}".rstrip())
            for finding in findings:
                wrong += 1
                self.stdout.write(f"  - {finding.what}\n    {finding.remedy}")
        self.stdout.write(
            "Nothing is wrong." if not wrong else f"{wrong} {'thing is' if wrong == 1 else 'things are'} wrong."
        )
        sys.exit(1 if wrong else 0)
