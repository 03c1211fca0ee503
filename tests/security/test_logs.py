"""What is written into logs while every address is visited: no link that opens anything, no address of a person."""

import logging
import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from commitments.digests import signing_up
from commitments.digests.models import Subscriber
from tests.security import inhabited, probing
from tracker.accounting import Accounts
from tracker.logs import JsonFormatter, LineFormatter, WhatFor

pytestmark = pytest.mark.django_db
HUB = "known-to-one-hub"
OF_STAFF = 8  # staff open every eighth page: their pages are many, and their log lines are of one making


class Kept(logging.Handler):
    """Every record as both formatters write it, after the filter that all of ours pass."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.addFilter(WhatFor())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = LineFormatter("%(name)s [%(what_for)s]: %(message)s")
        self.lines += [line.format(record), JsonFormatter().format(record)]


@pytest.fixture
def kept():
    handler = Kept()
    loggers = [logging.getLogger(), logging.getLogger("django")]
    for logger in loggers:
        logger.addHandler(handler)
    yield handler
    for logger in loggers:
        logger.removeHandler(handler)


def test_no_link_and_no_address_of_a_person_is_ever_logged(kept):
    root = inhabited.populate()
    rosa = Subscriber.objects.get(email=inhabited.READER)
    links = [rosa.unsubscribe_token, rosa.manage_token(timezone.now()), "0" * 64, HUB]
    visitors = [Client(raise_request_exception=False) for _ in range(2)]
    visitors[1].force_login(root)
    walked = probing.paths(inhabited.addresses())
    for visitor, own in zip(visitors, (walked, [*walked[::OF_STAFF], *inhabited.addresses()]), strict=True):
        for path in own:
            visitor.get(path)
    stranger = {"Origin": "https://evil.example"}
    for page, link in (("manage", links[1]), ("unsubscribe", links[0] + "x"), ("confirm", links[2])):
        visitors[0].post(f"/digest/{page}/{link}/", {"action": "erase"}, headers=stranger)
        visitors[0].get(f"/digest/{page}/{link}/and/more")
    visitors[0].put(f"/monitoring/push/{HUB}/")
    signing_up.ask(signing_up.Wish("uma@example.org"), network="192.0.2.7", page="/digest/", now=timezone.now())
    visitors[0].get("/no-such-page/sam@example.org/")
    logging.getLogger("anywhere").warning("not delivered to %s", "tess@example.org")
    said = "\n".join(kept.lines)
    assert "Not Found: /no-such-page/(address)" in said
    assert "Forbidden" in said
    assert [secret for secret in (*links, rosa.key, "@example.org") if secret in said] == []


def test_the_access_log_of_the_web_server_names_no_link_either():
    from gunicorn.config import Config

    asked = {"RAW_URI": "/digest/manage/abc123/?a=b", "HTTP_REFERER": "https://t.example/digest/confirm/def456/"}
    environ = {"REQUEST_METHOD": "GET", "SERVER_PROTOCOL": "HTTP/1.1", "PATH_INFO": "/digest/manage/abc123/", **asked}
    request = SimpleNamespace(headers=[("REFERER", asked["HTTP_REFERER"])])
    answer = SimpleNamespace(status="200 OK", sent=1, headers=[])
    said = Accounts(Config()).atoms(answer, request, environ, timedelta(seconds=1))
    assert said["r"] == "GET /digest/manage/(link)/?a=b HTTP/1.1"
    assert not {"abc123", "def456"} & set(re.split(r"\W+", str(said)))


@pytest.mark.parametrize("command", ["tracker/starting.py", "tracker/fleet.py", "Dockerfile"])
def test_every_web_server_that_we_start_keeps_that_log(command):
    text = (Path(__file__).resolve().parents[2] / command).read_text("utf-8")
    assert text.count('"--access-logfile"') == text.count('"--logger-class"') == 1


def test_a_line_stays_a_line(kept):
    logging.getLogger("anywhere").warning("asked for %s", "a\r\n2026-11-26 ERROR forged: line\u2028x")
    assert len(kept.lines) == 2
    assert all(len(line.splitlines()) == 1 for line in kept.lines)
