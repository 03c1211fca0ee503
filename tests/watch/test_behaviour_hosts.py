"""Good behaviour, row 12: one request in flight and a gap between two, for each host, over all workers."""

import threading
import time

import pytest

from monitoring import claiming, gathering, polling
from monitoring.fetching import Ask
from monitoring.models import HostState, Source
from monitoring.parsing import Kind
from tests.watch.loopback import Answer, Loopback, item, rss
from tests.watch.world import DAY, NOW, manners, poll, watch

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_12_one_request_in_flight_with_a_gap(server: Loopback) -> None:
    for number in range(5):
        watch(server.set(f"/{number}", Answer(rss(item(number)), wait=0.02)))
    HostState.objects.update(gap_seconds=0.1)
    poll()
    assert server.most_in_flight == 1
    began = sorted(request.began for request in server.requests)
    assert min(later - earlier for earlier, later in zip(began, began[1:], strict=False)) >= 0.1


def test_12_the_gap_holds_from_one_batch_to_the_next(server: Loopback) -> None:
    first, second = watch(server.set("/1", rss(item(1)))), watch(server.set("/2", rss(item(2))))
    Source.objects.filter(pk=second.pk).update(next_check_at=NOW + DAY)
    HostState.objects.update(gap_seconds=0.3)
    poll()
    ended = HostState.objects.get(pk=first.host_id).last_asked_at
    Source.objects.filter(pk=second.pk).update(next_check_at=NOW)
    assert poll(ended).asked == 1
    began = [request.began for request in server.requests]
    assert began[1] - began[0] >= 0.3


def test_12_hosts_are_asked_side_by_side_within_the_limit() -> None:
    servers = [Loopback() for _ in range(6)]
    try:
        for one in servers:
            watch(one.set("/feed", Answer(rss(item(1)), wait=0.2)))
        poll(in_flight=3)
        began = sorted(one.requests[0].began for one in servers)
        assert began[2] - began[0] < 0.15
        assert began[3] - began[0] >= 0.19
    finally:
        for one in servers:
            one.close()


def test_12_a_host_in_one_batch_is_in_no_other(server: Loopback) -> None:
    for number in range(150):
        watch(server.set(f"/{number}", rss(item(number))))
    batch = claiming.claim_due(NOW)
    assert batch
    assert len(batch.sources) == claiming.MOST_PER_HOST
    assert claiming.claim_due(NOW) is None


def test_batches_are_cut_by_host() -> None:
    for host in range(30):
        for number in range(10):
            watch(f"https://host{host}.example/{number}")
    batches = list(filter(None, (claiming.claim_batch(NOW) for _worker in range(4))))
    assert [len(batch.sources) for batch in batches] == [100, 100, 100]
    hosts = [{source.host_id for source in batch.sources} for batch in batches]
    assert sum(map(len, hosts)) == len(set().union(*hosts)) == 30
    assert not HostState.objects.free(NOW).exists()


def test_hosts_that_find_no_room_in_a_batch_are_left_to_others() -> None:
    """Hosts are leased before their sources are claimed, so there may be more hosts than the batch has room for."""
    for host in range(60):
        for number in range(3):
            watch(f"https://host{host}.example/{number}")
    first, second = claiming.claim_batch(NOW), claiming.claim_batch(NOW)
    assert first
    assert second
    assert (len(first.sources), len(second.sources)) == (100, 78)
    leased = HostState.objects.filter(lease_by=first.claim).values_list("pk", flat=True)
    assert set(leased) == {source.host_id for source in first.sources}


def test_a_slow_source_holds_up_nobody(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is finished is stored while the slow one is still being waited for."""
    slow_server = Loopback()
    try:
        slow = watch(slow_server.set("/slow", Answer(b"x", wait=20)))
        fast = watch(server.set("/fast", rss(item(1))))
        stored: list[tuple[float, list[int]]] = []
        real = polling._store_safely

        def noted(sources, chunk, *rest):
            stored.append((time.monotonic(), [one.source_id for one in chunk]))
            return real(sources, chunk, *rest)

        monkeypatch.setattr(polling, "_store_safely", noted)
        poll(deadline=4.0)
        (first, ids), (second, late) = stored
        assert (ids, late) == ([fast.pk], [slow.pk])
        assert second - first > 1.0
    finally:
        slow_server.close()


def test_a_worker_whose_slow_sources_are_left_takes_up_more(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one turn, under one claim: what hangs in the first batch holds up neither the second nor the third."""
    monkeypatch.setattr(claiming, "BATCH", 2)
    monkeypatch.setattr(claiming, "CANDIDATES", 2)
    monkeypatch.setattr(gathering, "QUIET_SECONDS", 0.1)
    slow_server = Loopback()
    released = threading.Event()
    try:
        watch(slow_server.set("/slow", lambda _request: (released.wait(60), Answer(rss(item(9))))[1]))
        for number in range(5):
            watch(server.set(f"/{number}", rss(item(number))))
        real = polling._store_safely

        def stored(*what):
            report = real(*what)
            if not Source.objects.filter(last_checked_at=None).exclude(address__endswith="/slow").exists():
                released.set()
            return report

        monkeypatch.setattr(polling, "_store_safely", stored)
        batch = claiming.claim_batch(NOW)
        assert batch
        assert polling.poll(batch, NOW, how=manners(deadline=60.0), goes_on=True).asked == 6
        assert len(server.requests) == 5
        assert not Source.objects.exclude(claim="").exists()
        assert not HostState.objects.exclude(lease_by="").exists()
    finally:
        released.set()
        slow_server.close()


def test_a_host_out_of_reach_is_knocked_at_once_for_all_its_sources() -> None:
    closed = Loopback()
    closed.close()
    for number in range(5):
        watch(f"{closed.base}/{number}")
    HostState.objects.update(gap_seconds=30)
    report = poll()
    assert (report.asked, report.failed) == (5, 5)
    assert {source.last_outcome for source in Source.objects.all()} == {"no_connection"}


def test_one_process_asks_all_hosts_together() -> None:
    """Batches are for workers to share; alone, a host that is slow must not keep others waiting."""
    servers = [Loopback() for _ in range(4)]
    try:
        for one in servers:
            for number in range(60):
                watch(one.set(f"/{number}", rss(item(number))))
            one.scripts["/0"] = Answer(rss(item(0)), wait=2)
        assert poll().asked == 240
        first = [one.asked("/0")[0].began for one in servers]
        assert max(first) - min(first) < 2
    finally:
        for one in servers:
            one.close()


def test_no_more_is_fetched_than_can_be_stored(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or a slow database would fill the memory with documents."""
    monkeypatch.setattr(gathering, "ROOM", 5)
    monkeypatch.setattr(gathering, "CHUNK", 5)
    wanted = [
        gathering.Assignment(number, 1, Kind.FEED, Ask(server.set(f"/{number}", rss(item(number)))))
        for number in range(40)
    ]
    chunks = gathering.gather(wanted, manners(), NOW)
    first = next(chunks)
    time.sleep(0.7)
    assert len(server.requests) <= 7
    assert len(first) + sum(map(len, chunks)) == len(server.requests) == 40
