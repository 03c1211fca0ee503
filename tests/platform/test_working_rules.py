"""The settings of the workers that everything rests on, the alerts, and the keys."""

import re
from pathlib import Path

import pytest
import yaml
from django.contrib.auth.models import User
from django.core import signing
from django.test import Client
from django.utils import timezone

from tracker import checking, gauges
from tracker.celery import TIMETABLE, app

ROOT = Path(__file__).resolve().parents[2]
RULES = yaml.safe_load((ROOT / "docs/alerts.yml").read_text("utf-8"))["groups"][0]["rules"]


def test_the_workers_are_set_as_their_reliability_demands():
    assert checking.check_the_workers(None) == []
    assert app.conf.worker_soft_shutdown_timeout == 30
    assert app.conf.task_soft_time_limit < app.conf.task_time_limit
    assert app.conf.worker_max_tasks_per_child
    for entry in TIMETABLE.values():
        assert not {"eta", "countdown"} & set(entry.get("options", {}))


def test_no_task_is_ever_sent_for_later():
    """A task with a time waits in a worker's memory and comes back twice when it waits longer than it is hidden."""
    rooms = [path for room in ("tracker", "commitments", "monitoring") for path in (ROOT / room).rglob("*.py")]
    assert [path.name for path in rooms if re.search(r"\b(eta|countdown)=", path.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("task_acks_late", False, "task_acks_late is False, not True"),
        ("worker_prefetch_multiplier", 4, "worker_prefetch_multiplier is 4, not 1"),
        ("broker_transport_options", {"visibility_timeout": 200}, "may run 300 s and is hidden for 200 s"),
    ],
)
def test_a_setting_that_would_lose_work_refuses_to_start(monkeypatch, name, value, said):
    monkeypatch.setitem(app.conf, name, value)
    assert said in checking.check_the_workers(None)[0].msg


@pytest.mark.django_db
def test_every_alert_asks_a_figure_that_exists_and_has_a_runbook():
    known = {f"tracker_{gauge.name}" for gauge in gauges.read(timezone.now())}
    papers = (ROOT / "docs/operating.md").read_text("utf-8")
    assert len(RULES) <= 5
    for rule in RULES:
        asked = re.findall(r"\btracker_[a-z_]+(?![a-z_(])", rule["expr"])
        assert set(asked) <= known, rule["alert"]
        assert rule["annotations"]["runbook"] == f"docs/operating.md#{rule['alert'].lower()}"
        assert f"### {rule['alert']}\n" in papers
    bells = re.search(r'__name__=~"([^"]+)"', RULES[1]["expr"])
    assert {name for name in known if "bell" in name} == {name for name in known if re.fullmatch(bells[1], name)}


@pytest.mark.django_db
def test_the_limits_of_the_alerts_are_those_of_the_status_page():
    limits = {f"tracker_{gauge.name}": gauge.limit for gauge in gauges.read(timezone.now())}
    for rule in RULES:
        for name, limit in re.findall(r"(tracker_[a-z_]+) > (\d+)", rule["expr"]):
            assert limits[name] in (None, float(limit)), name


@pytest.mark.django_db
def test_after_a_change_of_keys_people_stay_signed_in_and_signed_values_hold(settings):
    olivia = User.objects.create_superuser("olivia", "", "a long pass phrase")
    client = Client()
    client.force_login(olivia)
    signed = signing.dumps("a link in a letter")
    old, settings.SECRET_KEY = settings.SECRET_KEY, "n" * 25 + "0123456789abcdefghijklmnop"
    settings.SECRET_KEY_FALLBACKS = [old]
    assert signing.loads(signed) == "a link in a letter"
    assert client.get("/admin/").status_code == 200

    other = Client()
    other.force_login(olivia)
    settings.SECRET_KEY_FALLBACKS = []
    assert other.get("/admin/").status_code == 200, "a session of the new key outlives the old one"
    with pytest.raises(signing.BadSignature):
        signing.loads(signed)
