"""Values of an entry as columns take them and as revisions tell them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def told_before(values: Mapping[str, Any]) -> str:
    """“name: value; name: value”, as the desk writes what an edit replaced."""
    return "; ".join(f"{name}: {'nothing' if value in ('', None) else value}" for name, value in values.items())


def pick(entry: Mapping[str, Any], names: str, *, empty: Any = "") -> dict[str, Any]:
    return {name: entry.get(name, empty) for name in names.split()}


def default(name: str) -> Any:
    return {"in_agreement": True, "binding": False, "due_on": None}.get(name, "")


def figure(value: float | None) -> Decimal | None:
    """A number as written in the file, without the noise of binary fractions."""
    return None if value is None else Decimal(str(value))
