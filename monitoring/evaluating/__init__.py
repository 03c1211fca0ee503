"""How good the judgement is, measured on labelled folders. Works in memory and never touches the database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from monitoring import grouping
from monitoring.drafting import promising
from monitoring.evaluating import folders, of_drafting, of_matching, of_stories, refitting

PARTS = ("matching", "stories", "drafting")


@dataclass(frozen=True)
class Ask:
    """What to measure. The first folder is measured; all are trained on by ``refit`` and ``cross_validate``."""

    part: str
    folders: tuple[Path, ...]
    with_query: bool = True
    decisions: int | None = None
    cross_validate: bool = False
    predictions: Path | None = None
    refit: bool = False


def evaluate(ask: Ask) -> dict[str, Any]:
    """Measures by name; raises FolderError when the folder cannot be read."""
    if ask.refit:
        refitting.refit(ask.part, ask.folders)
    rows, found = {"matching": _matching, "stories": _stories, "drafting": _drafting}[ask.part](ask)
    if ask.predictions is not None:
        folders.write_lines(ask.predictions, rows)
    return {"part": ask.part, "data": str(ask.folders[0]), **found}


def _matching(ask: Ask) -> tuple[Iterable[Mapping[str, Any]], dict[str, Any]]:
    bench = of_matching.prepare(ask.folders[0], with_query=ask.with_query)
    asked = ask.with_query and any(bench.matcher.has_query(c.key) for c in bench.commitments)
    told: dict[str, Any] = {"query_used": asked}
    if ask.cross_validate:
        others = [of_matching.prepare(folder, with_query=ask.with_query) for folder in _training(ask)]
        by = ("items", "commitments")
        found = {f"leaving_out_{what}": of_matching.cross_validate([bench, *others], by=what)[0] for what in by}
        return [], told | found
    ranked, measured = of_matching.cold(bench)
    rows = [asdict(row) for row in ranked]
    told["reasons_naming_words"] = of_matching.reasons_naming_words(bench)
    if ask.decisions is not None:
        return rows, told | {"decisions": ask.decisions} | of_matching.after_decisions(bench, ask.decisions)
    return rows, told | measured


def _stories(ask: Ask) -> tuple[Iterable[Mapping[str, Any]], dict[str, Any]]:
    bench = of_stories.prepare(ask.folders[0])
    if ask.cross_validate:
        others = [of_stories.prepare(folder) for folder in _training(ask)]
        return [], dict(of_stories.cross_validate([bench, *others], grouping.shipped().same_from)[0])
    return of_stories.measure(bench)


def _drafting(ask: Ask) -> tuple[Iterable[Mapping[str, Any]], dict[str, Any]]:
    documents = of_drafting.prepare(ask.folders[0])
    if ask.cross_validate:
        others = [document for folder in _training(ask) for document in of_drafting.prepare(folder)]
        return [], of_drafting.cross_validate(documents, others, promising.shipped().promise_from)
    return of_drafting.measure(documents)


def _training(ask: Ask) -> Sequence[Path]:
    known = [*refitting.of_this_project(ask.part), *ask.folders[1:]]
    return [folder for folder in known if folder.resolve() != ask.folders[0].resolve()]


def as_text(found: Mapping[str, Any], indent: str = "") -> str:
    lines = []
    for name, value in found.items():
        if isinstance(value, Mapping):
            lines += [f"{indent}{name.replace('_', ' ')}", as_text(value, indent + "  ")]
        else:
            lines.append(f"{indent}{name.replace('_', ' '):<32} {value}")
    return "\n".join(lines)
