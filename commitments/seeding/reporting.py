"""What a run did, as counts and as lines for people."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Report:
    """What one run did to one folder: counts by kind of entry."""

    folder: str
    sha256: str
    added: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)
    held: int = 0
    already_loaded: bool = False

    @property
    def changes(self) -> int:
        return self.added.total() + self.updated.total()

    def lines(self) -> Iterator[str]:
        if self.already_loaded:
            yield f"{self.folder}: 0 changes; this version of the record ({self.sha256[:12]}) is loaded already."
            return
        yield f"{self.folder}: {self.changes} changes (version {self.sha256[:12]})."
        for word, counts in (("added", self.added), ("updated", self.updated)):
            if counts:
                yield f"  {word}: " + ", ".join(f"{number} {kind}" for kind, number in counts.items())
        if self.held:
            yield f"  held back: {self.held} status changes of drafts; drafts have no public history."
        for difference in self.kept:
            yield f"  kept as it is here: {difference} (--update takes the folder's)"
