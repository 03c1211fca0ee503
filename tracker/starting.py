"""What `manage.py up` runs on this machine, and what it prepares before: tables, the record, a first login."""

import contextlib
import fcntl
import json
import os
import secrets
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command, get_commands

from tracker import servers
from tracker.celery import QUEUES
from tracker.supervising import Child


class CannotStart(Exception):
    """The message says what is in the way and what to do."""


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.VAR_DIR / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            raise CannotStart(f"The tracker already runs from this folder: {lock.read().strip()}.") from error
        lock.truncate(0)
        lock.write(f"{settings.SITE_URL} (process {os.getpid()})")
        lock.flush()
        yield


def check_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", settings.PORT))
        except OSError as error:
            other = settings.PORT + 1
            raise CannotStart(
                f"Port {settings.PORT} is taken or not allowed ({error.strerror}). "
                f"Choose another: PORT={other} python3 manage.py up"
            ) from error


def check_broker() -> None:
    """A broker of one's own has to answer; the embedded one is started later."""
    url = settings.BROKER_URL
    if _is_elsewhere(url) and not servers.answers(url):
        where = urlsplit(url)
        place = f"{where.hostname or where.path}:{where.port}" if where.port else where.hostname or where.path
        raise CannotStart(
            f"The broker that REDIS_URL names, {place}, does not answer. Start it, correct REDIS_URL, "
            "or leave REDIS_URL out: then `manage.py up` runs a broker of its own."
        )


def _is_elsewhere(url: str) -> bool:
    return url.startswith("redis") and not os.environ.get("EMBEDDED_BROKER_URL")


def prepare_the_database() -> None:
    call_command("migrate", verbosity=0, interactive=False)
    if not apps.get_model("commitments", "Commitment")._default_manager.exists():
        call_command("seed", verbosity=0)
    if not apps.get_model("monitoring", "Source")._default_manager.exists() and _has("import_sources"):
        for outline in sorted((settings.BASE_DIR / "commitments" / "records").glob("*/*.opml")):
            call_command("import_sources", str(outline), verbosity=0)


def first_login() -> tuple[str, str] | None:
    """Name and password of a staff login made now, or None when there already is one."""
    if User.objects.filter(is_superuser=True).exists():
        return None
    password = secrets.token_urlsafe(12)
    User.objects.create_superuser("admin", "", password)
    return "admin", password


def sample_wire_child() -> Child | None:
    """The labelled sample news, for the embedded default alone."""
    folder = settings.BASE_DIR / "monitoring" / "sample_wire"
    if not settings.EMBEDDED or not folder.is_dir() or not _has("load_sample_wire"):
        return None
    port = _kept_port(settings.VAR_DIR / "sample_wire.json")
    call_command("load_sample_wire", f"http://127.0.0.1:{port}/", verbosity=0)
    server = Path(__file__).with_name("serving.py")
    return Child("sample-wire", [sys.executable, str(server), str(folder), str(port)])


def broker_child() -> tuple[Child | None, str]:
    """The embedded broker and its address; a folder as queue where this machine has no broker."""
    if _is_elsewhere(settings.BROKER_URL):
        return None, ""
    try:
        command, url = servers.broker_command(settings.VAR_DIR / "broker")
    except servers.Missing:
        return None, "filesystem://"
    return Child("broker", command, ready=lambda: servers.answers(url), stops_last=True), url


def web_child() -> Child:
    command = [sys.executable, "-m", "gunicorn", "tracker.wsgi", "--bind", f"127.0.0.1:{settings.PORT}"]
    command += ["--worker-class", "gthread", "--threads", "8", "--graceful-timeout", "2", "--access-logfile", "-"]
    command += ["--logger-class", "tracker.accounting.Accounts"]
    return Child("web", command, ready=lambda: servers.answers_http(settings.PORT, "/healthz"))


def worker_child() -> Child:
    command = [sys.executable, "-m", "celery", "-A", "tracker", "worker", "--queues", ",".join(QUEUES)]
    command += ["--pool", "threads", "--concurrency", "4", "--hostname", "up@%h", "--loglevel", "INFO"]
    command += ["--without-mingle", "--without-gossip", "--without-heartbeat"]
    return Child("worker", command, works=lambda: servers.hears(settings.PORT, QUEUES))


def beat_child() -> Child:
    command = [sys.executable, "-m", "celery", "-A", "tracker", "beat", "--loglevel", "INFO", "--pidfile="]
    return Child("beat", command)


def environment(broker_url: str) -> dict[str, str]:
    own = {"DJANGO_SETTINGS_MODULE": "tracker.settings", "PORT": str(settings.PORT), "WORKER_SOFT_SHUTDOWN": "2"}
    if broker_url:
        own["EMBEDDED_BROKER_URL"] = broker_url
    return {**os.environ, "PYTHONUNBUFFERED": "1", **own}


def _has(command: str) -> bool:
    return command in get_commands()


def _kept_port(path: Path) -> int:
    """The same port as last time, so that the sample sources keep their addresses."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        port = int(json.loads(path.read_text("utf-8"))["port"])
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
        return port
    port = servers.free_port()
    path.write_text(json.dumps({"port": port}), "utf-8")
    return port
