"""The figures of the shipped training folder, with weights that never saw what they score."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from monitoring.evaluating import measures, of_drafting, of_matching, of_stories, refitting

TRAINING = refitting.SHIPPED


def test_ties_are_broken_against_us() -> None:
    ranked = [measures.Ranked("a", "k", 0.5, True), measures.Ranked("b", "k", 0.5, True)]
    assert measures.average_precision(ranked, {("a", "k")}) == 0.5


def test_text_alone_reaches_its_goal_on_items_and_commitments_left_out() -> None:
    bench = of_matching.prepare(TRAINING, with_query=False)
    for by in ("items", "commitments"):
        assert of_matching.cross_validate([bench], by=by)[0]["average_precision"] >= 0.74


def test_with_queries_it_reaches_its_goal_on_items_and_commitments_left_out() -> None:
    bench = of_matching.prepare(TRAINING, with_query=True)
    for by in ("items", "commitments"):
        assert of_matching.cross_validate([bench], by=by)[0]["average_precision"] >= 0.82


def test_drafting_reaches_its_goal_on_documents_left_out() -> None:
    found = of_drafting.cross_validate(of_drafting.prepare(TRAINING), [], 0.45)
    assert found["f1"] >= 0.8
    assert found["who"] >= 0.7
    assert found["quantity"] >= 0.88


def test_stories_are_told_apart_on_pairs_left_out() -> None:
    assert of_stories.cross_validate([of_stories.prepare(TRAINING)], 0.35)[0]["f1"] >= 0.6


@pytest.mark.parametrize("part", ["matching", "stories", "drafting"])
def test_the_command_prints_json_and_never_asks_the_database(part: str, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("evaluate", part, "--data", str(TRAINING), "--json")
    found = json.loads(capsys.readouterr().out)
    assert 0 < found["f1"] <= 1


def test_predictions_are_written_in_the_scorers_format(tmp_path: Path) -> None:
    out = tmp_path / "pred.jsonl"
    call_command("evaluate", "matching", "--data", str(TRAINING), "--no-query", "--predictions", str(out), "--json")
    row = json.loads(out.read_text("utf-8").splitlines()[0])
    assert set(row) == {"item", "commitment", "score", "suggested"}


def test_every_suggestion_names_words_of_its_item(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("evaluate", "matching", "--data", str(TRAINING), "--json")
    assert json.loads(capsys.readouterr().out)["reasons_naming_words"] == 1.0
