"""The layout of docker-compose.yml, run natively: real PostgreSQL, real broker, the same commands and variables."""

import shlex
import sys
from pathlib import Path

import pytest
import yaml

from tests.support import processes
from tracker import fleet, servers

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
OURS = [name for name, service in COMPOSE["services"].items() if "build" in service]

pytestmark = [pytest.mark.slow, pytest.mark.services]


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fleet")
    port = servers.free_port()
    try:
        with fleet.raised(ROOT, folder, port, SITE_URL=f"http://127.0.0.1:{port}") as raised:
            raised.manage("seed")
            yield raised
    except servers.Missing as missing:
        pytest.skip(str(missing))


def native(words, port):
    """A compose command as this machine would run it: the same words, the port of the test."""
    words = [word.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for word in words]
    return [sys.executable, "-m", *words]


def commands(port):
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    web = yaml.safe_load(dockerfile.rsplit("\nCMD ", 1)[1])
    services = {name: COMPOSE["services"][name].get("command") for name in OURS if name != "migrate"}
    return {name: native(words or web, port) for name, words in services.items()}


def test_the_environment_is_the_one_that_compose_gives():
    given = set(COMPOSE["x-app"]["environment"])
    assert given >= {"DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS"}
    for name in OURS:
        service = COMPOSE["services"][name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
        assert set(service["environment"]) == given, name


def test_every_queue_has_a_worker_in_compose():
    from tracker.celery import QUEUES

    served = {
        queue
        for name in OURS
        for before, after in _pairs(COMPOSE["services"][name].get("command") or [])
        if before == "--queues"
        for queue in after.split(",")
    }
    assert served == set(QUEUES)


def test_web_workers_and_beat_of_compose_serve_and_poll_on_real_servers(running):
    own = {
        "DATABASE_URL",
        "REDIS_URL",
        "EMAIL_URL",
        "SECRET_KEY",
        "SITE_URL",
        "ALLOWED_HOSTS",
        "CONTACT_EMAIL",
        "PROXIES",
    }
    assert own >= set(COMPOSE["x-app"]["environment"])
    started = {}
    try:
        for name, command in commands(running.port).items():
            started[name] = processes.Running(command, running.environment)
        second_poller = commands(running.port)["poll-worker"]
        started["poll-worker 2"] = processes.Running([*second_poller, "--hostname", "second@%h"], running.environment)

        started["web"].wait_for("Listening at")
        processes.wait_until(lambda: servers.answers_http(running.port, "/readyz"), 60, lambda: started["web"].said)
        assert processes.get(f"http://127.0.0.1:{running.port}/healthz") == (200, "ok\n")
        for name in ("worker", "poll-worker", "poll-worker 2", "mail-worker"):
            started[name].wait_for("ready.")
        pollers = (started["poll-worker"], started["poll-worker 2"])
        processes.wait_until(
            lambda: any("poll_due_sources" in poller.said and "succeeded" in poller.said for poller in pollers),
            30,
            lambda: started["beat"].said + pollers[0].said + pollers[1].said,
        )
    finally:
        processes.end_all(started.values())


def test_the_seed_holds_the_same_record_on_postgresql(running):
    head = running.manage("verify_ledger").strip()
    assert head, shlex.join(["manage.py", "verify_ledger"])


def _pairs(words):
    return zip(words, words[1:], strict=False)
