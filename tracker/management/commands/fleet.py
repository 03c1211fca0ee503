"""`manage.py fleet`: the production layout with throw-away servers, until Ctrl-C."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tracker import fleet, servers
from tracker.supervising import Stopped, Supervisor


class Command(BaseCommand):
    help = "Run PostgreSQL, broker, web, four workers and beat here, as production would. Nothing is kept."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        supervisor = Supervisor([], settings.VAR_DIR / "fleet" / "log", {}, self.stdout.write)
        supervisor.watch_signals()
        try:
            with fleet.raised(settings.BASE_DIR, settings.VAR_DIR / "fleet", settings.PORT) as running:
                self.run(supervisor, running)
        except (servers.Missing, ChildProcessError) as trouble:
            raise CommandError(str(trouble)) from trouble

    def run(self, supervisor: Supervisor, running: fleet.Fleet) -> None:
        running.manage("seed")
        supervisor.environment, supervisor.children = running.environment, running.children()
        try:
            supervisor.start_all()
            self.stdout.write(f"The fleet is running: {settings.SITE_URL}/  (logs {supervisor.logs})")
            self.stdout.write(f"  PostgreSQL {running.postgres.url()}\n  broker     {running.broker.url}")
            self.stdout.flush()
            supervisor.keep_running()
        except Stopped:
            pass
        finally:
            supervisor.stop_all()
