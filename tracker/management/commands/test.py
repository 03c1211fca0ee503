"""`manage.py test [ARGS]`: pytest on SQLite, then what touches the database again on a real PostgreSQL."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from tracker import servers

NO_TESTS_COLLECTED = 5
MOST_AT_ONCE = 4  # every process brings a PostgreSQL, a browser and a broker of its own
OURS = (
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "SITE_URL",
    "ALLOW_PRIVATE_NETWORKS",
    "FOUR_EYES",
    "EMBEDDED_BROKER_URL",
)


class Command(BaseCommand):
    help = "Run pytest with the project's settings; every argument goes to pytest."
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        sys.exit(run(argv[2:]))

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(run(list(args)))


def run(arguments: list[str]) -> int:
    """The exit code of the first run that failed, SQLite or PostgreSQL. Without arguments the cores share the suite."""
    code = _pytest(arguments, {})
    if code != 0:
        return code
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return _again_on_postgresql(arguments, Path(folder))


def _again_on_postgresql(arguments: list[str], folder: Path) -> int:
    postgres = servers.Postgres(folder / "postgres")
    try:
        postgres.start()
    except servers.Missing as missing:
        _say(f"Left out: the second run of the database tests, {missing}.")
        return 1 if os.environ.get("REQUIRE_SERVICES") == "1" else 0
    try:
        _say("The tests marked both_databases once more, on a real PostgreSQL:")
        code = _pytest(
            ["-m", "both_databases", *(arguments or _shared_out())], {"DATABASE_URL": postgres.url("tracker")}
        )
    finally:
        postgres.stop()
    return 0 if code == NO_TESTS_COLLECTED else code


def _pytest(arguments: list[str], extra: dict[str, str]) -> int:
    """Run in a clean process: the tests' settings must not depend on the operator's environment."""
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    environment |= {"SECRET_KEY": settings.SECRET_KEY, **extra}
    command = [sys.executable, "-m", "pytest", *(arguments or _shared_out())]
    return subprocess.call(command, cwd=settings.BASE_DIR, env=environment)


def _shared_out() -> list[str]:
    """Whole files to each process, in the order of the collection (tests/conftest.py says why it matters)."""
    processes = min(os.cpu_count() or 1, MOST_AT_ONCE)
    return ["-n", str(processes), "--dist", "loadgroup", "--no-loadscope-reorder"] if processes > 1 else []


def _say(line: str) -> None:
    print(line, flush=True)
