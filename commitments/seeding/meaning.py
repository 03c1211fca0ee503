"""Faults that only show between entries: rules of evidence along each history, sentences nobody accounts for.

Works on entries whose own shape is in order; what depends on a faulty entry is
judged once that entry is mended.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from commitments import rules
from commitments.seeding.checking import label
from commitments.seeding.faults import Fault
from commitments.seeding.reading import Folder
from commitments.seeding.schema import CHANGE, FILES
from commitments.status import Status

Entries = Sequence[dict[str, Any]]


def meaning_faults(folder: Folder, shape_faults: Sequence[Fault], *, today: date) -> list[Fault]:
    sound = sound_lists(folder, shape_faults)
    faults: list[Fault] = []
    for check in (_commitments, _conflicts, _points):
        faults += check(sound)
    faults += _histories(sound, today=today)
    if not faults and not shape_faults:  # else a sentence would be missed only because its entry is faulty
        faults += _unaccounted(sound)
    return faults


def sound_lists(folder: Folder, faults: Sequence[Fault]) -> dict[str, Entries]:
    """The folder's lists without the entries that have a fault of their own."""
    bad = {(fault.file, fault.entry) for fault in faults}
    return {
        name: [
            entry
            for number, entry in enumerate(folder.lists.get(name, []), start=1)
            if isinstance(entry, dict) and (file.name, label(shape, entry, f"{name} {number}")) not in bad
        ]
        for file in FILES
        for name, shape in file.lists.items()
    }


def _commitments(sound: dict[str, Entries]) -> Iterator[Fault]:
    counts = {document["ref"]: document.get("sentences") for document in sound["documents"]}
    for entry in sound["commitments"]:
        if bool(entry.get("due_on")) != bool(entry.get("due_precision")):
            yield _of(entry, "due_precision", "due_on and due_precision stand together or not at all.")
        if entry.get("parent") == entry["ref"]:
            yield _of(entry, "parent", "cannot be its own parent.")
        if sum(1 for target in entry.get("targets", []) if target.get("headline")) > 1:
            yield _of(entry, "targets", "only one target can be the headline.")
        for wording in entry["wordings"]:
            problem = _sentence_problem(wording.get("sentence"), counts.get(wording["document"]))
            if problem:
                yield _of(entry, f"wordings[{wording['document']}].sentence", problem)


def _sentence_problem(sentence: int | None, count: int | None) -> str:
    if count is None:
        return ""
    if sentence is None:
        return f"the piece has {count} numbered sentences; say which one."
    return "" if sentence <= count else f"the piece has {count} sentences; there is no number {sentence}."


def _conflicts(sound: dict[str, Entries]) -> Iterator[Fault]:
    for entry in sound["commitments"]:
        for conflict in entry.get("conflicts", []):
            if conflict["state"] == "resolved" and not conflict.get("resolution"):
                yield _of(entry, f"conflicts[{conflict['point']}].resolution", "a resolved conflict says how.")


def _points(sound: dict[str, Entries]) -> Iterator[Fault]:
    for series in sound["series"]:
        for point in series["points"]:
            if (point.get("value") is None) != (point["kind"] == "not_found"):
                yield Fault(
                    "measurements.yaml",
                    "a point has a value unless its kind is not_found, which has none.",
                    series["ref"],
                    f"points[{point['measured_on']}].value",
                )


def _unaccounted(sound: dict[str, Entries]) -> Iterator[Fault]:
    """Where a piece is accounted for, every sentence is cited, context or furniture: nothing said is missing."""
    cited = cited_sentences(sound)
    counts = {document["ref"]: document.get("sentences") or 0 for document in sound["documents"]}
    for entry in sound["accounted"]:
        named = cited[entry["document"]] | set(entry.get("context", [])) | set(entry.get("furniture", []))
        missing = sorted(set(range(1, counts.get(entry["document"], 0) + 1)) - named)
        if missing:
            numbers = ", ".join(map(str, missing))
            yield Fault(
                "sources.yaml",
                f"no wording, claim or list accounts for sentence {numbers}.",
                entry["document"],
                "sentences",
            )


def cited_sentences(sound: dict[str, Entries]) -> dict[str, set[int]]:
    """Sentence numbers that a wording or a claim cites, by document."""
    cited: dict[str, set[int]] = defaultdict(set)
    for entry in sound["commitments"]:
        for wording in entry["wordings"]:
            if wording.get("sentence"):
                cited[wording["document"]].add(wording["sentence"])
    for claim in sound["claims"]:
        for place in claim["said_in"]:
            cited[place["document"]].update(place.get("sentences", []))
    return cited


def _histories(sound: dict[str, Entries], *, today: date) -> Iterator[Fault]:
    proofs = _proofs(sound["evidence"])
    searches = {(item["commitment"], item["searched_on"]) for item in sound["search_records"]}
    for commitment in sound["commitments"]:
        last: dict[str, Any] | None = None
        for change in (item for item in sound["status_changes"] if item["commitment"] == commitment["ref"]):
            yield from _unlinked(change, proofs)
            yield from _misnamed(change, last)
            draft = _draft(commitment, change, last, proofs, searches, today)
            for refusal in rules.refusals(draft):
                yield _of_change(change, refusal.field or "status", refusal.message, refusal.rule)
            last = change


def _proofs(evidence: Iterable[dict[str, Any]]) -> dict[tuple[str, str], rules.Proof]:
    return {
        (item["ref"], link["commitment"]): rules.Proof(
            ref=item["ref"],
            tier=item["tier"],
            origin=item.get("origin") or item["ref"],
            publisher=item["publisher"],
            published_on=item["published_on"],
            act=link["act"],
            repeats_promise=bool(link.get("repeats_promise")),
        )
        for item in evidence
        for link in item["links"]
    }


def _unlinked(change: dict[str, Any], proofs: dict[tuple[str, str], rules.Proof]) -> Iterator[Fault]:
    known = {ref for ref, _ in proofs}
    for ref in change.get("evidence", []):
        if ref in known and (ref, change["commitment"]) not in proofs:
            problem = f"{ref} has no link to {change['commitment']} in evidence.yaml; say there what it shows."
            yield _of_change(change, "evidence", problem, "evidence_attached")


def _misnamed(change: dict[str, Any], last: dict[str, Any] | None) -> Iterator[Fault]:
    right = "initial" if last is None else "review" if last["status"] == change["status"] else "update"
    if change["kind"] != right:
        yield _of_change(change, "kind", f"is “{change['kind']}” and should be “{right}”, by the change before it.")


def _draft(
    commitment: dict[str, Any],
    change: dict[str, Any],
    last: dict[str, Any] | None,
    proofs: dict[tuple[str, str], rules.Proof],
    searches: set[tuple[str, date]],
    today: date,
) -> rules.Draft:
    keys = [(ref, change["commitment"]) for ref in change.get("evidence", [])]
    has_target = any(target.get("value") is not None for target in commitment.get("targets", []))
    return rules.Draft(
        status=Status(change["status"]),
        effective_on=change["effective_on"],
        today=today,
        reason=change["reason"],
        proofs=[proofs[key] for key in keys if key in proofs],
        made_on=commitment["made_on"],
        has_deadline_or_target=bool(commitment.get("due_on")) or has_target,
        has_search_record=(change["commitment"], change.get("searched_on")) in searches,
        last_status=last["status"] if last else None,
        last_effective_on=last["effective_on"] if last else None,
        outcome_reason=change.get("outcome_reason", ""),
        unclear_reason=change.get("unclear_reason", ""),
        settled_by=change.get("settled_by", ""),
    )


def _of(entry: dict[str, Any], field: str, problem: str) -> Fault:
    return Fault("commitments.yaml", problem, entry["ref"], field)


def _of_change(change: dict[str, Any], field: str, problem: str, rule: str = "") -> Fault:
    return Fault("status.yaml", problem, label(CHANGE, change, "status_changes"), field, rule)
