"""What the other tests stand on: real servers, a real post box, a real browser, and a closed door to the internet."""

import smtplib
import socket
from datetime import date

import psycopg
import pytest
import redis
from django.core.management import call_command
from django.db import DatabaseError, connection

from commitments.models import StatusChange
from tests.record.builders import NOW, commitment, evidence, person
from tests.support.loopback import BeyondThisMachine


def test_no_test_reaches_beyond_this_machine():
    with pytest.raises(BeyondThisMachine, match=r"192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(socket.gaierror, match=r"feeds\.example"):
        socket.getaddrinfo("feeds.example", 80)


def test_a_real_postgresql_answers(postgres):
    address = postgres.create("support")
    with psycopg.connect(address) as connection:
        version = connection.execute("show server_version_num").fetchone()
    assert int(version[0]) >= 150000


def test_a_real_broker_keeps_its_queue_over_a_restart(broker):
    redis.Redis.from_url(broker.url).lpush("queue", "one")
    broker.process.kill()
    broker.process.wait()
    broker.start()
    assert redis.Redis.from_url(broker.url).lrange("queue", 0, -1) == [b"one"]


def test_a_real_post_box_keeps_letters_as_they_came(smtp_sink):
    with smtplib.SMTP("127.0.0.1", smtp_sink.port) as client:
        client.sendmail("us@tracker.example", ["ada@reader.example"], "Subject: Hello\r\n\r\n.dot\r\n")
    assert smtp_sink.letters[0].recipients == ("ada@reader.example",)
    assert smtp_sink.letters[0].raw == b"Subject: Hello\r\n\r\n.dot\r\n"


def test_a_real_browser_opens_a_page(page):
    page.set_content("<h1>Commitments</h1>")
    assert page.inner_text("h1") == "Commitments"
    assert page.complaints == []


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_the_tables_can_be_emptied_between_tests_and_the_triggers_stay():
    publish_a_status_change()
    call_command("flush", verbosity=0, interactive=False)
    assert not StatusChange.objects.exists()

    publish_a_status_change()
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE commitments_statuschange SET reason = 'another'")


def publish_a_status_change():
    office = commitment()
    office.change_status(
        "in_progress",
        reason="The lease was signed.",
        evidence=[evidence(office)],
        by=person("erin"),
        effective_on=date(2025, 8, 1),
        now=NOW,
    )
