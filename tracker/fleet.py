"""The production layout on this machine: PostgreSQL, a Redis-protocol broker, web, workers apart by queue, beat.

For looking at it, for load and for faults. The servers are throw-away ones; production brings its own.
"""

import contextlib
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tracker import servers
from tracker.supervising import Child

WORKERS = {"poll-1": "poll", "poll-2": "poll", "mail": "mail", "worker": "match,default"}


@dataclass
class Fleet:
    """Running servers, an empty migrated database, and the environment that the processes of a fleet get."""

    root: Path
    folder: Path
    port: int
    postgres: servers.Postgres
    broker: servers.Broker
    environment: dict[str, str]

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, str(self.root / "manage.py"), *arguments]
        done = subprocess.run(command, env=self.environment, cwd=self.root, capture_output=True, text=True)
        if done.returncode:
            raise ChildProcessError(f"manage.py {' '.join(arguments)}: {done.stderr.strip().splitlines()[-1]}")
        return done.stdout

    def children(self) -> list[Child]:
        return [
            web(self.port),
            *(worker(name, queues, self.port) for name, queues in WORKERS.items()),
            Child("beat", [*_celery(), "beat", "--loglevel", "INFO", "--pidfile="]),
        ]


@contextlib.contextmanager
def raised(root: Path, folder: Path, port: int, **more: str) -> Iterator[Fleet]:
    """Start the two servers, apply the migrations, hand out the fleet, stop the servers at the end."""
    postgres, broker = servers.Postgres(folder / "postgres", durable=True), servers.Broker(folder / "broker")
    try:
        postgres.start()
        broker.start()
        address = postgres.create(f"tracker_{secrets.token_hex(4)}")
        environment = {
            **os.environ,
            "DATABASE_URL": address,
            "REDIS_URL": broker.url,
            "EMAIL_URL": f"file://{folder / 'outbox'}",
            "SECRET_KEY": secrets.token_urlsafe(60),
            "VAR_DIR": str(folder),
            "PORT": str(port),
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
            **more,
        }
        fleet = Fleet(root, folder, port, postgres, broker, environment)
        fleet.manage("migrate", "--noinput")
        yield fleet
    finally:
        broker.stop()
        postgres.stop()


def web(port: int) -> Child:
    command = [sys.executable, "-m", "gunicorn", "tracker.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--workers", "2", "--threads", "8", "--access-logfile", "-"]
    command += ["--logger-class", "tracker.accounting.Accounts"]
    return Child("web", [*command, "--graceful-timeout", "2"], ready=lambda: servers.answers_http(port, "/readyz"))


def worker(name: str, queues: str, port: int) -> Child:
    command = [*_celery(), "worker", "--queues", queues, "--concurrency", "2", "--hostname", f"{name}@%h"]
    return Child(name, [*command, "--loglevel", "INFO"], works=lambda: servers.hears(port, queues.split(",")))


def _celery() -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "tracker"]
