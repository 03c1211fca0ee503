"""What is wrong with a record folder: file, entry, field, problem; all of it at once."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One fault. `problem` says what is wrong and what to do; `rule` names the evidence rule it breaks, if one."""

    file: str
    problem: str
    entry: str = ""
    field: str = ""
    rule: str = ""

    def __str__(self) -> str:
        place = " › ".join(part for part in (self.file, self.entry, self.field) if part)
        return f"{place}: {self.problem}" + (f" [{self.rule}]" if self.rule else "")


class BadRecord(ValueError):
    """A record folder cannot be loaded; nothing was written. `faults` lists every fault."""

    def __init__(self, folder: str, faults: Sequence[Fault]) -> None:
        self.folder, self.faults = folder, list(faults)
        count = f"{len(self.faults)} fault{'' if len(self.faults) == 1 else 's'}"
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(f"{folder}: {count}, nothing was written.\n{lines}")
