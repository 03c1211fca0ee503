"""Who asks what, when workers die, dawdle or come at the same moment."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from monitoring import claiming, gathering, polling, tasks
from monitoring.models import HostState, Source
from tests.support.processes import BUSY
from tests.watch.loopback import Answer, Loopback, item, rss
from tests.watch.world import NOW, manners, read_again, watch

RECOVERY = timedelta(seconds=120)
RING = timedelta(seconds=60)


def many_hosts(number: int) -> list[Source]:
    """Loopback makes each port a host of its own."""
    return [watch(f"http://127.0.0.1:{40_000 + port}/feed") for port in range(number)]


@pytest.mark.django_db
@pytest.mark.both_databases
def test_what_a_killed_worker_held_is_asked_again_within_two_minutes() -> None:
    source = watch("http://127.0.0.1:40000/feed")
    assert claiming.claim_batch(NOW)
    assert claiming.claim_batch(NOW + claiming.LEASE / 2) is None
    assert claiming.LEASE + RING <= RECOVERY
    again = claiming.claim_batch(NOW + claiming.LEASE)
    assert again
    assert again.sources == [source]


@pytest.mark.django_db
@pytest.mark.both_databases
def test_a_batch_that_takes_long_keeps_its_leases(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    source = watch(server.set("/feed", Answer(rss(item(1)), wait=1.0)))
    monkeypatch.setattr(claiming, "RENEW_SECONDS", 0.1)
    monkeypatch.setattr(gathering, "TICK_SECONDS", 0.1)
    renewed = []
    real = HostState.objects.all().__class__.renew

    def note(self, ids, holder, until):  # type: ignore[no-untyped-def]
        touched = real(self, ids, holder, until)
        renewed.append((touched, read_again(source).claimed_until_at, until))
        return touched

    monkeypatch.setattr(HostState.objects.all().__class__, "renew", note)
    batch = claiming.claim_batch(NOW)
    assert batch
    assert polling.poll(batch, NOW, how=manners()).new == 1
    assert len(renewed) >= 3
    assert all(touched == 1 and held == until > NOW + claiming.LEASE for touched, held, until in renewed)
    source = read_again(source)
    assert (source.claim, source.claimed_until_at, source.host.lease_by) == ("", None, "")


@pytest.mark.django_db
@pytest.mark.both_databases
def test_as_many_bells_ring_as_batches_are_due(monkeypatch: pytest.MonkeyPatch) -> None:
    rung = []
    monkeypatch.setattr(tasks.poll_batch, "apply_async", lambda **how: rung.append(how))
    tasks.poll_due_sources()
    assert rung == []
    many_hosts(claiming.BATCH + 1)
    tasks.poll_due_sources()
    assert [how["expires"] for how in rung] == [tasks.BELL_SECONDS, tasks.BELL_SECONDS]
    assert RING.total_seconds() > tasks.BELL_SECONDS


@pytest.mark.django_db
def test_a_bell_with_nothing_due_is_harmless() -> None:
    tasks.poll_batch()


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_two_workers_at_the_same_moment_take_different_batches() -> None:
    """On PostgreSQL the second passes over the rows that the first has locked; SQLite lets them in one by one."""
    many_hosts(2 * claiming.BATCH)
    second: list[claiming.Batch | None] = []

    def come_second() -> None:
        second.append(claiming.claim_batch(NOW))
        connections.close_all()

    if connection.vendor == "postgresql":
        with transaction.atomic():
            first = claiming.claim_batch(NOW)
            other = threading.Thread(target=come_second)
            other.start()
            other.join(30 * BUSY)
            assert not other.is_alive()
    else:
        first = claiming.claim_batch(NOW)
        second.append(claiming.claim_batch(NOW))
    assert first
    assert second[0]
    assert len(first.sources) == len(second[0].sources) == claiming.BATCH
    assert not set(first.sources) & set(second[0].sources)
