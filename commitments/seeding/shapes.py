"""The parts that the schema is made of: fields, shapes of entries, files."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Field:
    """One field of an entry.

    kind: text · slug · url · date · bool · number · integer · choice · ref (the
    key of an entry of list `to`) · texts · integers · refs · entry · entries
    (nested, of shape `shape`).
    """

    name: str
    kind: str = "text"
    required: bool = False
    limit: int = 0
    choices: Sequence[str] = ()
    to: str = ""
    shape: "Shape | None" = None


@dataclass(frozen=True)
class Shape:
    """The fields of one kind of entry; `identity` names the fields that tell entries apart."""

    fields: Sequence[Field]
    identity: Sequence[str] = ()
    by_name: dict[str, Field] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {item.name: item for item in self.fields})


@dataclass(frozen=True)
class File:
    """One file: the lists it holds by name, and whether a folder may do without it."""

    name: str
    lists: dict[str, Shape]
    required: bool = True


def must(name: str, kind: str = "text", **more: object) -> Field:
    return Field(name, kind, required=True, **more)  # type: ignore[arg-type]


def choice(name: str, choices: Sequence[str], *, required: bool = True) -> Field:
    return Field(name, "choice", required=required, choices=[code for code in choices if code])
