"""The faults. Each strikes and gives the service back; returns the moment from which recovery is counted."""

import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.faults.house import House
from tests.rehearsal import clock

# Long enough for every worker to meet the outage, several times over.
AWAY_SECONDS = 20.0
JUMP = timedelta(hours=3)
CHUNK = 1 << 20


def killing(*names: str) -> "Strike":
    """kill -9 of these processes, or of all without a name."""

    def strike(house: House) -> float:
        house.kill(*(names or house.children))
        return time.monotonic()

    return strike


def broker_stopped(house: House) -> float:
    house.fleet.broker.stop()
    time.sleep(AWAY_SECONDS)
    house.fleet.broker.start()
    return time.monotonic()


def broker_restarted(house: House) -> float:
    process = house.fleet.broker.process
    assert process is not None
    process.kill()
    process.wait()
    house.fleet.broker.start()
    return time.monotonic()


def broker_paused(house: House) -> float:
    process = house.fleet.broker.process
    assert process is not None
    process.send_signal(signal.SIGSTOP)
    time.sleep(AWAY_SECONDS)
    process.send_signal(signal.SIGCONT)
    return time.monotonic()


def broker_emptied(house: House) -> float:
    answer = house.tell_broker("FLUSHALL")
    assert answer == "+OK", answer
    return time.monotonic()


def postgres_restarted(house: House) -> float:
    house.fleet.postgres.stop()
    time.sleep(AWAY_SECONDS)
    house.fleet.postgres.start()
    return time.monotonic()


def postgres_crashed(house: House) -> float:
    """SIGQUIT, its immediate shutdown: every process of it ends without a word, as in a crash."""
    process = house.fleet.postgres.process
    assert process is not None
    process.send_signal(signal.SIGQUIT)
    process.wait()
    house.fleet.postgres.start()
    return time.monotonic()


def disk_full(house: House) -> float:
    """Database, broker, logs and the senders' witness lie on the volume that is filled to the last byte."""
    ballast = house.folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for chunk in (CHUNK, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * chunk)
            except OSError:
                continue
    assert os.statvfs(house.folder).f_bavail == 0
    time.sleep(AWAY_SECONDS)
    ballast.unlink()
    for name in house.revive_servers():
        house.said.append(f"{name} had ended and was started again")
    return time.monotonic()


def clock_forward(house: House) -> float:
    """Every process finds itself three hours later; the clock stays there."""
    clock.put(clock.now() + JUMP)
    return time.monotonic()


def clock_back(house: House) -> float:
    """And finds itself back at the right time: what was written bears times that are still to come."""
    clock.put(datetime.now(UTC))
    return time.monotonic()


def deaf_worker(house: House) -> float:
    """The mail worker's connections to the broker stay open and carry nothing any more."""
    assert house.wire.go_silent(), "the mail worker does not use the wire"
    return time.monotonic()


def frozen_worker(house: House) -> float:
    """Every process of the mail worker stands still: no watch inside it can help."""
    house.signal("mail", signal.SIGSTOP)
    return time.monotonic()


Strike = Callable[[House], float]
FAULTS: dict[str, Strike] = {
    "poll-worker": killing("poll-1"),
    "mail-worker": killing("mail"),
    "workers": killing("poll-1", "poll-2", "mail", "worker"),
    "beat": killing("beat"),
    "web": killing("web"),
    "everything": killing(),
    "broker-stopped": broker_stopped,
    "broker-restarted": broker_restarted,
    "broker-paused": broker_paused,
    "broker-emptied": broker_emptied,
    "postgres-restarted": postgres_restarted,
    "postgres-crashed": postgres_crashed,
    "disk-full": disk_full,
    "deaf-worker": deaf_worker,
    "frozen-worker": frozen_worker,
    "clock-forward": clock_forward,
    "clock-back": clock_back,
}

# Recovery within so many seconds of the service's return; a worker that gives no sign must first be found out.
WITHIN = {**dict.fromkeys(FAULTS, 120.0), "deaf-worker": 300.0, "frozen-worker": 300.0}
