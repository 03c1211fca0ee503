"""The parts of `make rehearsal`, small: its clock, its wire, and its own idea of who is owed a letter."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from commitments.digests import sending
from tests.digests.builders import MONDAY, news
from tests.rehearsal import clock, people, weeks, wire
from tests.support import processes

ROOT = Path(__file__).resolve().parents[2]
PRINT_THE_TIME = "from django.utils import timezone; print(timezone.now().isoformat())"


def test_a_program_runs_by_the_clock_of_the_file(tmp_path, monkeypatch):
    monkeypatch.setenv(clock.NAME, str(tmp_path / "clock"))
    clock.put(datetime(2031, 5, 1, 12, tzinfo=UTC))
    (tmp_path / "say.py").write_text(PRINT_THE_TIME)
    command = [sys.executable, "-m", "tests.rehearsal.clock", "say"]
    environment = processes.environment(tmp_path, PYTHONPATH=f"{ROOT}{os.pathsep}{tmp_path}")
    said = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.startswith("2031-05-01T12:00")


def test_the_wire_brings_new_items_every_week_and_answers_conditional_requests():
    with wire.Wire(sources=3, items=8, weeks=4, monday=MONDAY) as running:
        address = f"http://127.0.0.2:{running.port}/1.rss"
        with urllib.request.urlopen(address) as answer:
            assert answer.read().count(b"<item>") == 2
            tag = answer.headers["ETag"]
        with pytest.raises(urllib.error.HTTPError, match="304"):
            urllib.request.urlopen(urllib.request.Request(address, headers={"If-None-Match": tag}))
        running.week = 3
        with urllib.request.urlopen(address) as answer:
            assert answer.read().count(b"<item>") == 8


@pytest.mark.django_db
def test_who_is_owed_a_letter_is_who_gets_one(smtp_sink, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_sink.port
    call_command("seed", verbosity=0)
    people.sign_up(40, MONDAY - timedelta(weeks=2))
    promise = news()
    owed = people.owed(MONDAY - timedelta(weeks=1), MONDAY, weeks.LONDON)
    assert owed
    assert len(owed) < 40

    sending.start_run(MONDAY + timedelta(minutes=1))
    sending.send_due(lambda: MONDAY + timedelta(minutes=1))
    assert sorted(letter.recipients[0] for letter in smtp_sink.letters) == sorted(owed)
    assert promise.status == "in_progress"
