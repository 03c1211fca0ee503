"""Reads a source tree with `ast` and reports its arrows, doors and rows. Imports nothing of it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOMS = ("commitments.public", "commitments.digests", "commitments", "monitoring", "tracker")
DOORS = {"admin", "views", "tasks", "urls", "apps", "management", "admin_site"}


@dataclass(frozen=True)
class Module:
    name: str
    path: Path
    tree: ast.Module

    @property
    def room(self) -> str:
        return room_of(self.name)

    @property
    def is_door(self) -> bool:
        return _is_door(self.name)

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and full dotted name of everything imported anywhere in the file, in functions too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = self._absolute(node)
                yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]
        for _ in range(node.level - 1):
            package = package.rpartition(".")[0]
        return f"{package}.{node.module}" if node.module else package


def modules(root: Path) -> list[Module]:
    found = []
    for top in ("tracker", "commitments", "monitoring"):
        for path in sorted((root / top).rglob("*.py")):
            text = path.read_text("utf-8")
            parts = path.relative_to(root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append(Module(name, path.relative_to(root), ast.parse(text)))
    return [module for module in found if "migrations" not in module.path.parts]


def room_of(name: str) -> str:
    return next((room for room in ROOMS if name == room or name.startswith(f"{room}.")), "")


def arrows(all_modules: list[Module]) -> dict[tuple[str, str], str]:
    """Each pair (room, room it imports) with one place that does so."""
    found = {}
    for module in all_modules:
        for line, name in module.imports():
            target = room_of(name)
            if target and target != module.room:
                found.setdefault((module.room, target), f"{module.path}:{line}")
    return found


def users_of(package: str, all_modules: list[Module]) -> set[str]:
    """Files that import the package."""
    return {
        str(module.path)
        for module in all_modules
        for _, name in module.imports()
        if name == package or name.startswith(f"{package}.")
    }


def climbs(all_modules: list[Module]) -> list[str]:
    """Imports of a door (tasks, admin, views, management …) by a file that is no door."""
    return [
        f"{module.path}:{line} imports {name}"
        for module in all_modules
        if not module.is_door
        for line, name in module.imports()
        if room_of(name) and _is_door(name)
    ]


def clocks(all_modules: list[Module]) -> list[str]:
    """Calls that read the clock below the doors."""
    calls = (
        "timezone.now",
        "datetime.now",
        "date.today",
        "timezone.localdate",
        "datetime.utcnow",
        "timezone.localtime",
    )
    return [
        f"{module.path}:{node.lineno} reads the clock"
        for module in all_modules
        if not module.is_door and module.room != "tracker"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(calls)
    ]


def _is_door(name: str) -> bool:
    return any(part in DOORS or part.endswith(("_views", "_view")) for part in name.split(".")[1:])
