"""The fleet under load: its servers, its supervised processes by a given clock, its feeds, its mail server."""

import contextlib
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.polling import Farm
from tests.faults.wire import Wire
from tests.rehearsal import clock
from tests.support import mailing
from tracker import fleet, servers
from tracker.supervising import Child, Supervisor

ROOT = Path(__file__).resolve().parents[2]
# The house with its database fits in, and a filled one costs no more memory than this.
VOLUME_MEGABYTES = 1024
NO_VOLUME = "No scratch volume can be mounted here: the fault `disk-full` is left out."


@dataclass
class House:
    """Everything that a fault may strike; `folder` lies on a volume of its own when `is_volume`."""

    fleet: fleet.Fleet
    sink: mailing.Sink
    farm: Farm
    wire: Wire
    folder: Path
    is_volume: bool
    children: dict[str, Child]
    said: list[str]

    def kill(self, *names: str) -> None:
        """The whole process group, without a word of warning."""
        for name in names:
            self.signal(name, signal.SIGKILL)

    def signal(self, name: str, number: int) -> None:
        process = self.children[name].process
        assert process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)

    def tell_broker(self, command: str) -> str:
        with socket.create_connection(("127.0.0.1", self.fleet.broker.port), timeout=10) as line:
            line.sendall(f"{command}\r\n".encode())
            return line.recv(100).decode().strip()

    def revive_servers(self) -> list[str]:
        """As `restart: unless-stopped` would: start what has ended; returns whom."""
        ended = []
        for server in (self.fleet.postgres, self.fleet.broker):
            if server.process is None or server.process.poll() is not None:
                server.start()
                ended.append(type(server).__name__)
        return ended


@contextlib.contextmanager
def volume(folder: Path) -> Iterator[bool]:
    """A small file system in memory at `folder`; False where this user may not mount one."""
    options = f"size={VOLUME_MEGABYTES}m,mode=755"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "faults", str(folder)], capture_output=True)
    try:
        yield mounted.returncode == 0
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)


@contextlib.contextmanager
def raised(base: Path, feeds: int, items: int, sink: mailing.Sink) -> Iterator[House]:
    """Servers, tables, feeds; `running` starts the processes. This process is set up for the same database."""
    folder, port = base / "house", servers.free_port()
    folder.mkdir()
    os.environ[clock.NAME] = str(base / "clock")
    clock.put(datetime.now(UTC))
    with contextlib.ExitStack() as ends:
        is_volume = ends.enter_context(volume(folder))
        farm = Farm(feeds, feeds, 0, 0, 0, items)
        ends.callback(farm.stop)
        known = {"SITE_URL": f"http://127.0.0.1:{port}", "ALLOW_PRIVATE_NETWORKS": "127.0.0.0/8", "EMAIL_URL": sink.url}
        one = ends.enter_context(fleet.raised(ROOT, folder, port, **known))
        one.manage("seed")
        wire = ends.enter_context(Wire(one.broker.port))
        children = {child.name: _by_the_clock(child) for child in one.children()}
        children["mail"].command = ["env", f"REDIS_URL=redis://127.0.0.1:{wire.port}/0", *children["mail"].command]
        yield House(one, sink, farm, wire, folder, is_volume, children, [])


@contextlib.contextmanager
def running(house: House) -> Iterator[House]:
    """The processes, looked after as `make fleet` looks after them."""
    supervisor = Supervisor(
        list(house.children.values()), house.folder / "log", house.fleet.environment, house.said.append
    )
    thread = threading.Thread(target=supervisor.keep_running, name="supervisor")
    try:
        supervisor.start_all()
        thread.start()
        yield house
    finally:
        supervisor.asked_to_stop = True
        if thread.ident:
            thread.join(60)
        supervisor.stop_all()


def _by_the_clock(child: Child) -> Child:
    python, _m, *rest = child.command
    command = [python, "-m", "tests.rehearsal.clock", *rest]
    return Child(child.name, command, child.stop_signal, child.ready, child.works, child.stops_last)
