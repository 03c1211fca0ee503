"""What the tracker says about itself: to probes, to Prometheus, to an operator, in its logs."""

import json
import logging
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.support import mailing
from tracker import gauges, listening, logs, tasks
from tracker.celery import QUEUES
from tracker.models import Bell

pytestmark = pytest.mark.django_db


@pytest.fixture
def all_heard():
    for queue in QUEUES:
        Bell.objects.heard(queue, timezone.now())


def test_the_process_says_it_is_alive_without_asking_anybody(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_it_is_ready_when_database_and_migrations_are(client):
    assert client.get("/readyz").status_code == 200


def test_it_is_not_ready_when_the_broker_is_away(client, settings):
    settings.BROKER_URL = f"redis://127.0.0.1:{mailing.closed_port()}/0"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"broker: no answer\n")


def test_work_that_is_done_is_well(client, all_heard):
    answer = client.get("/statusz")
    assert answer.status_code == 200, answer.json()
    assert answer.json()["ok"] is True


def test_a_queue_that_nobody_hears_turns_the_status_to_503(client, all_heard):
    Bell.objects.heard("mail", timezone.now() - timedelta(minutes=6))
    answer = client.get("/statusz")
    assert answer.status_code == 503
    assert answer.json()["wrong"] == ["bell_mail_age_seconds"]


def test_figures_are_for_those_who_hold_the_token(client, settings, all_heard):
    settings.EMBEDDED, settings.METRICS_TOKEN = False, "t" * 24
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
    assert "figures" not in client.get("/statusz").json()

    answer = client.get("/metrics", headers={"Authorization": f"Bearer {'t' * 24}"})
    assert answer.status_code == 200
    assert "# TYPE tracker_sources_due gauge\ntracker_sources_due 0" in answer.content.decode()


def test_a_heard_bell_is_kept_and_the_watcher_outside_is_told(settings):
    asked = []

    class Watcher(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Watcher) as server:
        Thread(target=server.handle_request, daemon=True).start()
        settings.PINGS = {"poll": f"http://127.0.0.1:{server.server_address[1]}/alive"}
        tasks.hear(queue="poll")
    assert asked == ["/alive"]
    assert set(Bell.objects.last_heard()) == {"poll"}


def test_a_watcher_that_is_down_stops_no_work(settings):
    settings.PINGS = {"poll": f"http://127.0.0.1:{mailing.closed_port()}/alive"}
    tasks.hear(queue="poll")
    assert "poll" in Bell.objects.last_heard()


def test_the_doctor_says_what_is_wrong_and_how_to_mend_it(capsys, all_heard, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    with pytest.raises(SystemExit) as ended:
        call_command("doctor")
    said = capsys.readouterr().out
    assert ended.value.code == 1
    assert "Nobody can administer the site.\n    Run: python3 manage.py createsuperuser" in said
    assert said.endswith("1 thing is wrong.\n")


def test_the_doctor_is_content_with_a_well_system(capsys, all_heard, settings, tmp_path, django_user_model):
    settings.VAR_DIR = tmp_path
    django_user_model.objects.create_superuser("olivia", "", "a long pass phrase")
    with pytest.raises(SystemExit) as ended:
        call_command("doctor")
    assert (ended.value.code, capsys.readouterr().out.splitlines()[-1]) == (0, "Nothing is wrong.")


def test_a_worker_is_deaf_when_messages_wait_and_none_arrives():
    state = {"now": 0.0, "waiting": 0, "busy": False}
    ear = listening.Ear(lambda: state["busy"], lambda: state["waiting"], clock=lambda: state["now"])

    state["now"] = 1000.0
    assert not ear.deaf(), "an empty queue is no sign of deafness"
    state.update(waiting=3, now=1100.0)
    assert not ear.deaf()
    state.update(busy=True, now=1300.0)
    assert not ear.deaf(), "a worker at work hears later"
    state.update(busy=False, now=1440.0)
    assert not ear.deaf()
    state["now"] = 1460.0
    assert ear.deaf()
    ear.note()
    assert not ear.deaf()


def test_log_lines_name_their_request_and_no_address_of_a_person(client):
    record = logging.makeLogRecord(
        {"msg": "sent to %s", "args": ("ada@reader.example",), "name": "post", "levelname": "INFO"}
    )
    logs.WhatFor().filter(record)
    said = json.loads(logs.JsonFormatter().format(record))
    assert (said["message"], said["for"]) == ("sent to (address)", "-")

    assert client.get("/healthz", headers={"X-Request-ID": "proxy-7"}).headers["X-Request-ID"] == "proxy-7"
    made = client.get("/healthz", headers={"X-Request-ID": "a b\r\nSet-Cookie: x"}).headers["X-Request-ID"]
    assert logs.ACCEPTABLE.fullmatch(made)


def test_every_figure_has_a_name_that_prometheus_takes(all_heard):
    for gauge in gauges.read(timezone.now()):
        assert gauge.name.replace("_", "").isalnum()
        assert "\n" not in gauge.meaning
