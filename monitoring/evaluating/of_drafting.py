"""Drafting measured: which sentences are promises, and who, how much and by when on the right ones."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from monitoring import drafting
from monitoring.drafting import parties, promising
from monitoring.drafting.promising import Model
from monitoring.evaluating import folders, measures


def prepare(folder: Path) -> list[dict[str, Any]]:
    return folders.documents(folder)


def measure(
    documents: Sequence[dict[str, Any]], model: Model | None = None
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    rows = [row for document in documents for row in predict(document, model)]
    return rows, _measure(documents, rows)


def predict(document: dict[str, Any], model: Model | None = None) -> list[dict[str, Any]]:
    sentences = [sentence["text"] for sentence in document["sentences"]]
    written_on = date.fromisoformat(document["date"][:10]) if document.get("date") else None
    drafts = {d.place: d for d in drafting.read_sentences(sentences, written_on=written_on, model=model)}
    return [
        _row(document["id"], sentence["i"], drafts.get(place)) for place, sentence in enumerate(document["sentences"])
    ]


def _row(document: str, number: int, draft: drafting.Draft | None) -> dict[str, Any]:
    return {
        "doc": document,
        "i": number,
        "commitment": draft is not None,
        "who": list(draft.who) if draft else [],
        "quantity": list(draft.quantities) if draft else [],
        "deadline": draft.deadline.text if draft and draft.deadline else None,
    }


def cross_validate(
    documents: Sequence[dict[str, Any]], others: Sequence[dict[str, Any]], promise_from: float
) -> dict[str, Any]:
    """Leave one document out: each is read by weights that never saw it."""
    rows = []
    for document in documents:
        rest = [other for other in (*documents, *others) if other["id"] != document["id"]]
        model = Model(promising.train(labelled(rest)), promise_from)
        rows += predict(document, model)
    return _measure(documents, rows)


def labelled(documents: Sequence[dict[str, Any]]) -> list[tuple[promising.Reading, bool]]:
    found = []
    for document in documents:
        day = date.fromisoformat(document["date"][:10]) if document.get("date") else None
        proper = parties.proper_words(s["text"] for s in document["sentences"])
        found += [(promising.read(s["text"], day, proper), bool(s["commitment"])) for s in document["sentences"]]
    return found


def _measure(documents: Sequence[dict[str, Any]], rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    gold = {(d["id"], s["i"]): s for d in documents for s in d["sentences"]}
    said = {(row["doc"], row["i"]): row for row in rows if row["commitment"]}
    true = {key for key, sentence in gold.items() if sentence["commitment"]}
    found: dict[str, Any] = dict(
        measures.precision_recall(len(said.keys() & true), len(said.keys() - true), len(true - said.keys()))
    )
    right = [(gold[key], said[key]) for key in sorted(said.keys() & true)]
    found["who"] = _share([_same_party(g, p) for g, p in right])
    found["quantity"] = _share([_same_numbers(g, p) for g, p in right if _numbers(g.get("quantity") or [])])
    found["deadline"] = _share([_same_words(p["deadline"], g["deadline"]) for g, p in right if g.get("deadline")])
    found["documents"] = {d["id"]: _f1_of(d, said) for d in documents}
    return found


def _f1_of(document: dict[str, Any], said: dict[tuple[str, int], dict[str, Any]]) -> float:
    true = {s["i"] for s in document["sentences"] if s["commitment"]}
    mine = {i for doc, i in said if doc == document["id"]}
    return measures.precision_recall(len(mine & true), len(mine - true), len(true - mine))["f1"]


def _share(answers: Sequence[bool]) -> float | None:
    return round(sum(answers) / len(answers), 4) if answers else None


def _plain(text: str | None) -> str:
    return re.sub(r"[^a-z0-9£%.]+", " ", (text or "").lower()).strip()


def _numbers(texts: Sequence[str]) -> set[str]:
    return set(re.findall(r"\d[\d,.]*", " ".join(texts).replace(",", "")))


def _same_party(gold: dict[str, Any], said: dict[str, Any]) -> bool:
    names = [_plain(name) for name in [*gold["who"], *gold.get("who_aliases", [])]]
    mine = [_plain(name) for name in said["who"]]
    return any(a and (a in b or b in a) for a in mine for b in names)


def _same_numbers(gold: dict[str, Any], said: dict[str, Any]) -> bool:
    return _numbers(gold["quantity"]) <= _numbers(said["quantity"])


def _same_words(said: str | None, gold: str) -> bool:
    mine, theirs = _plain(said), _plain(gold)
    return bool(mine) and (mine in theirs or theirs in mine)
