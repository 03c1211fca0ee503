"""Gives `manage.py` the Python environment it needs, with the standard library alone.

Makes `.venv` (without ensurepip too), installs each requirements file once per
content and Python version, and re-executes the command inside. Does nothing in
an environment that somebody else manages: another virtual environment that has
Django, or TRACKER_BOOTSTRAP=off.
"""

from __future__ import annotations

import configparser
import contextlib
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
STAMP = "tracker-stamp.json"
PIP_VERSION = "26.3"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
PUBLIC_INDEX = "https://pypi.org/simple"
FILES = {
    "runtime": "requirements.txt",
    "embedded": "requirements-embedded.txt",
    "test": "requirements-test.txt",
    "dev": "requirements-dev.txt",
}


def prepare(argv: list[str]) -> None:
    """Return only inside an environment in which the command named by `argv` can run."""
    if sys.version_info < OLDEST:
        give_up("Python {}.{} or newer is needed, this is {}: {}".format(*OLDEST, _version(), sys.executable))
    if os.environ.get("TRACKER_BOOTSTRAP") == "off" or _managed_by_somebody_else():
        return
    groups = ["runtime", "embedded"] + (["test"] if argv[1:2] == ["test"] else [])
    python = ensure(groups)
    if Path(sys.prefix).resolve() == python.parent.parent.resolve():
        return
    command = [str(python), *argv]
    if os.name == "posix":
        os.execv(command[0], command)
    sys.exit(subprocess.call(command))


def ensure(groups: list[str]) -> Path:
    """Install what is missing of `groups` and return the environment's Python."""
    venv = _choose_place(groups)
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if _current(venv, groups):
        return python
    try:
        venv.parent.mkdir(parents=True, exist_ok=True)
        with _only_one_at_a_time(venv):
            if not _current(venv, groups):
                _bring_up_to_date(venv, python, groups)
    except OSError as error:
        give_up(f"Cannot set up {venv}: {error}. Free some space or make the folder writable, then run this again.")
    return python


def give_up(line: str) -> NoReturn:
    sys.exit(line)


def _managed_by_somebody_else() -> bool:
    in_a_venv = sys.prefix != sys.base_prefix
    ours = (Path(sys.prefix) / STAMP).exists() or Path(sys.prefix).resolve() == (ROOT / ".venv").resolve()
    return in_a_venv and not ours and all(importlib.util.find_spec(name) for name in ("django", "celery"))


def _choose_place(groups: list[str]) -> Path:
    """`.venv` beside manage.py; in a checkout that is not ours to write, the user's cache folder."""
    beside = ROOT / ".venv"
    if _current(beside, groups) or os.access(beside if beside.exists() else ROOT, os.W_OK):
        return beside
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "commitment-tracker" / hashlib.sha256(str(ROOT).encode()).hexdigest()[:12] / "venv"


def _current(venv: Path, groups: list[str]) -> bool:
    stamp = _read_stamp(venv)
    return all(stamp.get(group) == _wanted(group) for group in groups)


def _read_stamp(venv: Path) -> dict[str, str]:
    try:
        stamp = json.loads((venv / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _wanted(group: str) -> str:
    content = b"".join((ROOT / FILES[name]).read_bytes() for name in ("runtime", group))
    return f"{_version()}:{hashlib.sha256(content).hexdigest()[:16]}"


def _version() -> str:
    return ".".join(str(part) for part in sys.version_info[:2])


def _bring_up_to_date(venv: Path, python: Path, groups: list[str]) -> None:
    _make_environment(venv, python)
    for group in groups:
        stamp = _read_stamp(venv)
        if stamp.get(group) == _wanted(group):
            continue
        say(f"Installing {FILES[group]} (once; later starts skip this) …")
        trouble = _install(venv, python, FILES[group])
        if trouble and group != "embedded":
            give_up(f"Could not install {FILES[group]}: {trouble} (whole story: {venv / 'install.log'})")
        if trouble:
            say(f"No embedded servers on this machine ({trouble}); a slower stand-in is used.")
        stamp[group] = _wanted(group)
        (venv / STAMP).write_text(json.dumps(stamp), "utf-8")


def _make_environment(venv: Path, python: Path) -> None:
    """Create the environment, or create it anew when it was made by another Python."""
    if _works(python) and all(value.startswith(f"{_version()}:") for value in _read_stamp(venv).values()):
        return
    import venv as maker

    say(f"Making {venv} with Python {_version()} …")
    try:
        maker.EnvBuilder(clear=True, symlinks=os.name != "nt", with_pip=_has_ensurepip()).create(venv)
    except subprocess.CalledProcessError as error:
        give_up(f"Cannot make {venv}: {error}. Delete the folder and run this again.")
    if not _works(python, "import pip"):
        _bring_pip(python)


def _works(python: Path, code: str = "import ssl") -> bool:
    try:
        return subprocess.call([str(python), "-c", code], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def _has_ensurepip() -> bool:
    """Debian's split Python has the module's folder without the wheels it needs."""
    if importlib.util.find_spec("ensurepip") is None:
        return False
    try:
        import ensurepip

        ensurepip.version()
    except Exception:  # Debian's patched ensurepip raises its own errors
        return False
    folder = Path(ensurepip.__file__).parent / "_bundled"
    system = sysconfig.get_config_var("WHEEL_PKG_DIR")
    return any(folder.glob("pip-*.whl")) or bool(system and any(Path(system).glob("pip-*.whl")))


def _bring_pip(python: Path) -> None:
    """Fetch the one pip we know by its checksum and let it install itself."""
    name = f"pip-{PIP_VERSION}-py3-none-any.whl"
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(folder) / name
        try:
            wheel.write_bytes(_download(name))
        except (OSError, ValueError) as error:
            give_up(
                f"This Python has no pip and fetching it failed: {error}. Install python3-venv or mend the network."
            )
        code = subprocess.call(
            [str(python), f"{wheel}/pip", "install", "-q", "--no-index", "--no-deps", str(wheel)],
            env={**os.environ, "PIP_FIND_LINKS": ""},
        )
    if code:
        give_up("This Python has no pip and putting one into .venv failed: install python3-venv, then run this again.")


def _download(name: str) -> bytes:
    index = _index().rstrip("/")
    request = urllib.request.Request(f"{index}/pip/", headers={"Accept": "application/vnd.pypi.simple.v1+json"})
    with urllib.request.urlopen(request, timeout=60) as answer:  # nosec B310
        body = answer.read().decode()
        base = answer.geturl()
    address = _address_of(name, body)
    if not address:
        raise ValueError(f"{name} is not on the package index")
    with urllib.request.urlopen(urllib.parse.urljoin(base, address), timeout=120) as answer:  # nosec B310
        wheel: bytes = answer.read()
    if hashlib.sha256(wheel).hexdigest() != PIP_SHA256:
        raise ValueError(f"{name} is not the file it should be (checksum differs)")
    return wheel


def _address_of(name: str, page: str) -> str:
    """The address of file `name` on a simple-index page, JSON or HTML."""
    try:
        return next((str(file["url"]) for file in json.loads(page)["files"] if file["filename"] == name), "")
    except ValueError:
        end = page.find(f">{name}<")
        opening = page.rfind('href="', 0, end) + len('href="')
        return page[opening : page.find('"', opening)] if end > 0 else ""


def _index() -> str:
    """Where pip would look: its environment variable, its configuration files, the public index."""
    if os.environ.get("PIP_INDEX_URL"):
        return os.environ["PIP_INDEX_URL"]
    config = configparser.RawConfigParser()
    places = ["/etc/xdg/pip/pip.conf", "/etc/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf"]
    with contextlib.suppress(configparser.Error):
        config.read([os.path.expanduser(place) for place in [*places, os.environ.get("PIP_CONFIG_FILE", "")]])
    return config.get("global", "index-url", fallback=PUBLIC_INDEX)


def _install(venv: Path, python: Path, requirements: str) -> str:
    """Returns what went wrong in one line, empty when nothing did."""
    command = [str(python), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--no-compile"]
    with (venv / "install.log").open("w", encoding="utf-8") as log:
        code = subprocess.call([*command, "-r", str(ROOT / requirements)], stdout=log, stderr=log, cwd=ROOT)
    if code == 0:
        return ""
    lines = (venv / "install.log").read_text("utf-8", "replace").splitlines()
    errors = [line for line in lines if line.startswith("ERROR")] or lines[-1:] or ["pip failed"]
    return errors[-1]


@contextlib.contextmanager
def _only_one_at_a_time(venv: Path) -> Iterator[None]:
    """Two commands started together must not install into one folder."""
    try:
        import fcntl
    except ImportError:  # Windows: no such lock, and no second command in practice
        yield
        return
    with (venv.parent / f"{venv.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":  # `python3 tracker/_bootstrap.py dev` prints the Python that has the named groups
    print(ensure(["runtime", "embedded", *sys.argv[1:]]))
