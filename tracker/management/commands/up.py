"""`manage.py up`: everything on this machine, under one supervisor in the foreground."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tracker import starting
from tracker.supervising import Stopped, Supervisor


class Command(BaseCommand):
    help = "Run broker, web server, worker and beat here until Ctrl-C. PORT chooses the port (8000)."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with starting.only_one():
                starting.check_port()
                starting.check_broker()
                self.run()
        except (starting.CannotStart, ChildProcessError) as trouble:
            raise CommandError(str(trouble)) from trouble

    def run(self) -> None:
        supervisor = Supervisor([], settings.VAR_DIR / "log", {}, self.say)
        supervisor.watch_signals()
        try:
            login = self.prepare(supervisor)
            supervisor.start_all()
            self.greet(supervisor, login)
            supervisor.keep_running()
        except Stopped:
            pass
        finally:
            self.say("Stopping …")
            supervisor.stop_all()

    def prepare(self, supervisor: Supervisor) -> tuple[str, str] | None:
        self.say("Preparing the database …")
        starting.prepare_the_database()
        login = starting.first_login()
        broker, url = starting.broker_child()
        if url.startswith("filesystem"):
            self.say("No broker runs on this machine: a folder serves as the queue.")
        wire = starting.sample_wire_child()
        supervisor.environment = starting.environment(url)
        children = [broker, wire, starting.web_child(), starting.worker_child(), starting.beat_child()]
        supervisor.children = [child for child in children if child]
        return login

    def greet(self, supervisor: Supervisor, login: tuple[str, str] | None) -> None:
        self.say(f"\n{settings.SITE_NAME} is running: {settings.SITE_URL}/")
        self.say(f"  staff    {settings.SITE_URL}/admin/")
        if login:
            self.say(f"           login {login[0]}, password {login[1]} (shown only now)")
        if settings.EMAIL_BACKEND == "tracker.outbox.EmailBackend":
            self.say(f"  letters  {settings.EMAIL_FILE_PATH} (files, nothing is sent)")
        if any(child.name == "sample-wire" for child in supervisor.children):
            self.say("  news     the sample wire, labelled as such, besides the real sources")
        self.say(f"  logs     {supervisor.logs}")
        self.say("Ctrl-C stops everything.\n")

    def say(self, line: str) -> None:
        print(line, file=sys.stdout, flush=True)
