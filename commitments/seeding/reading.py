"""From a folder on disk to plain lists; every unreadable file is a fault, none stops the others."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from commitments.seeding.faults import Fault
from commitments.seeding.schema import FILES, RECORD_FILE

MAX_BYTES = 8 * 1024 * 1024


@dataclass
class Folder:
    """A record as read: `lists` by name, the `head` of record.yaml, and the hash of all files together."""

    path: Path
    head: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, list[Any]] = field(default_factory=dict)
    sha256: str = ""
    faults: list[Fault] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.head.get("name") or self.path.name)


class _StrictLoader(yaml.SafeLoader):
    """Safe YAML without aliases (they can blow up a small file) and without repeated keys (the first would vanish)."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.constructor.ConstructorError(None, None, "aliases (*name) are not allowed; write it out", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str) or key in seen:
                problem = (
                    f"“{key}” stands twice in one entry" if key in seen else f"the key “{key}” is not text; quote it"
                )
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def read(path: Path) -> Folder:
    """Read every file of a record folder; what could not be read stands in `faults`."""
    folder = Folder(path)
    if not path.is_dir():
        folder.faults.append(Fault(str(path), "There is no such folder; give the folder that holds record.yaml."))
        return folder
    contents = _contents(folder)
    folder.sha256 = _sha256(contents)
    folder.head = _mapping(folder, RECORD_FILE, contents)
    for file in FILES:
        data = _mapping(folder, file.name, contents)
        for unknown in sorted(set(data) - set(file.lists)):
            folder.faults.append(
                Fault(file.name, f"unknown list; this file holds: {', '.join(file.lists)}.", entry=unknown)
            )
        for name in file.lists:
            folder.lists[name] = _list(folder, file.name, name, data)
    return folder


def _contents(folder: Folder) -> dict[str, bytes]:
    known = {RECORD_FILE: True} | {file.name: file.required for file in FILES}
    contents = {}
    for name, required in known.items():
        place = folder.path / name
        if place.is_file():
            contents[name] = place.read_bytes()
        elif required:
            folder.faults.append(Fault(name, "The file is missing; docs/record-format.md says what it holds."))
    for stray in sorted(item.name for item in folder.path.glob("*.y*ml") if item.name not in known):
        folder.faults.append(Fault(stray, f"Not a file of a record; known are: {', '.join(sorted(known))}."))
    return contents


def _sha256(contents: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(contents):
        digest.update(f"{name}\0{len(contents[name])}\0".encode() + contents[name])
    return digest.hexdigest()


def _mapping(folder: Folder, name: str, contents: dict[str, bytes]) -> dict[str, Any]:
    if name not in contents:
        return {}
    try:
        data = _parse(contents[name])
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        folder.faults.append(Fault(name, f"The file is not readable YAML: {_plain(error)}"))
        return {}
    if not isinstance(data, dict):
        folder.faults.append(Fault(name, "The file must hold named lists, for example “commitments:”."))
        return {}
    return data


def _parse(raw: bytes) -> Any:
    if len(raw) > MAX_BYTES:
        raise ValueError(f"it is larger than {MAX_BYTES // 1024 // 1024} MB")
    return yaml.load(raw.decode("utf-8"), Loader=_StrictLoader)  # a SafeLoader, stricter still  # nosec B506


def _plain(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    return f"line {mark.line + 1}, column {mark.column + 1}: {problem}" if mark else problem


def _list(folder: Folder, file: str, name: str, data: dict[str, Any]) -> list[Any]:
    entries = data.get(name)
    if entries is None:
        return []
    if not isinstance(entries, list):
        folder.faults.append(Fault(file, "must be a list of entries, each starting with “- ”.", entry=name))
        return []
    return entries
