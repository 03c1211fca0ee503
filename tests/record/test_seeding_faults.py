"""Bad folders: every fault is named with its file, entry and field, all of them at once, and nothing is written."""

import shutil
from datetime import UTC, date, datetime

import pytest
import yaml
from django.core.management import CommandError, call_command

from commitments import seeding
from commitments.models import Commitment, Organisation
from commitments.seeding.loading import read_checked
from tests.record.folders import spoil, write

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def faults_of(folder):
    with pytest.raises(seeding.BadRecord) as caught:
        seeding.seed([folder], now=NOW)
    return caught.value.faults


BAD = {
    "an unknown status": (
        ("status.yaml", "status_changes", 0, "status"),
        "almost_done",
        "status.yaml › HB-01 2025-05-01 › status: “almost_done” is not known",
    ),
    "the year 9999": (
        ("evidence.yaml", "evidence", 0, "published_on"),
        date(9999, 1, 1),
        "evidence.yaml › ev-tender › published_on: 9999-01-01 is outside 1900–2199",
    ),
    "a date that is text": (
        ("commitments.yaml", "commitments", 0, "made_on"),
        "last spring",
        "commitments.yaml › HB-01 › made_on: must be a day such as 2025-07-21, not text (last spring)",
    ),
    "a number for text": (
        ("commitments.yaml", "commitments", 0, "title"),
        12,
        "commitments.yaml › HB-01 › title: must be text, not a number (12)",
    ),
    "an unknown evidence id": (
        ("status.yaml", "status_changes", 0, "evidence"),
        ["ev-tender", "ev-nothing"],
        "status.yaml › HB-01 2025-05-01 › evidence[2]: “ev-nothing” is not among the evidence of this folder",
    ),
    "an unknown owner": (
        ("commitments.yaml", "commitments", 0, "owners"),
        ["harbour-master"],
        "commitments.yaml › HB-01 › owners[1]: “harbour-master” is not among the organisations of this folder",
    ),
    "an address that is a script": (
        ("evidence.yaml", "evidence", 0, "url"),
        "javascript:alert(1)",
        "evidence.yaml › ev-tender › url: “javascript:alert(1)” is not an absolute http or https address",
    ),
    "a missing field": (
        ("commitments.yaml", "commitments", 0, "statement"),
        None,
        "commitments.yaml › HB-01 › statement: is required and missing",
    ),
    "an unknown field": (
        ("commitments.yaml", "commitments", 0, "deadline"),
        "soon",
        "commitments.yaml › HB-01 › deadline: unknown field",
    ),
    "a list that is not one": (
        ("commitments.yaml", "commitments"),
        "HB-01",
        "commitments.yaml › commitments: must be a list",
    ),
    "a sentence beyond the piece": (
        ("commitments.yaml", "commitments", 0, "wordings", 0, "sentence"),
        7,
        "commitments.yaml › HB-01 › wordings[gazette].sentence: the piece has 2 sentences; there is no number 7",
    ),
    "a sentence nobody accounts for": (
        ("sources.yaml", "accounted", 0, "context"),
        [],
        "sources.yaml › gazette › sentences: no wording, claim or list accounts for sentence 1",
    ),
    "evidence too weak": (
        ("evidence.yaml", "evidence", 0, "tier"),
        "T4",
        "status.yaml › HB-01 2025-05-01 › evidence: ",
    ),
    "evidence of a later day": (
        ("evidence.yaml", "evidence", 0, "published_on"),
        date(2025, 7, 1),
        "[public_at_the_time]",
    ),
    "an announcement only": (
        ("evidence.yaml", "evidence", 0, "links", 0, "act"),
        "announcement",
        "[action_required]",
    ),
    "a change in the wrong place": (
        ("status.yaml", "status_changes", 0, "kind"),
        "review",
        "status.yaml › HB-01 2025-05-01 › kind: is “review” and should be “initial”",
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", BAD.values(), ids=BAD)
def test_a_fault_is_named_by_file_entry_and_field_and_nothing_is_written(folder, case):
    (name, *path), value, message = case
    spoil(folder, name, *path, to=value)
    assert any(message in str(fault) for fault in faults_of(folder)), [str(f) for f in faults_of(folder)]
    assert not Organisation.objects.exists()


@pytest.mark.django_db
def test_all_faults_are_told_at_once(folder):
    spoil(folder, "commitments.yaml", "commitments", 0, "title", to=12)
    spoil(folder, "evidence.yaml", "evidence", 0, "url", to="ftp://x")
    (folder / "status.yaml").write_text("status_changes: [", encoding="utf-8")
    (folder / "sources.yaml").unlink()
    files = {fault.file for fault in faults_of(folder)}
    assert {"commitments.yaml", "evidence.yaml", "status.yaml", "sources.yaml"} <= files


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("claims:\n  - {ref: [", "line 2"),
        ("claims:\n- &a {ref: x}\n- *a\n", "aliases"),
        ("claims: []\nclaims: []\n", "stands twice"),
        ("- just\n- a list\n", "named lists"),
        ("claims:\n- on: 3\n", "is not text"),
        ("claim: []\n", "unknown list"),
    ],
)
def test_yaml_that_cannot_be_trusted_is_refused_with_the_place(folder, text, problem):
    (folder / "claims.yaml").write_text(text, encoding="utf-8")
    [fault] = faults_of(folder)
    assert (fault.file, problem in str(fault)) == ("claims.yaml", True)


@pytest.mark.django_db
def test_bytes_that_are_not_utf8_are_refused(folder):
    (folder / "claims.yaml").write_bytes(b"claims: [\xff\xfe]")
    assert "not readable YAML" in str(faults_of(folder)[0])


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["ref", "slug"])
def test_two_commitments_with_one_name_are_refused(folder, field):
    data = yaml.safe_load((folder / "commitments.yaml").read_text(encoding="utf-8"))
    twin = dict(data["commitments"][0])
    twin["slug" if field == "ref" else "ref"] = "other"
    data["commitments"].append(twin)
    write(folder, "commitments.yaml", data)
    assert any("stands twice" in fault.problem and fault.field == field for fault in faults_of(folder))


@pytest.mark.django_db
def test_one_bad_folder_keeps_the_good_ones_out_too(folder, tmp_path):
    bad = tmp_path / "bad"
    shutil.copytree(folder, bad, ignore=shutil.ignore_patterns("bad"))
    (bad / "parties.yaml").unlink()
    with pytest.raises(seeding.BadRecord):
        seeding.seed([folder, bad], now=NOW)
    assert not Commitment.objects.exists()


@pytest.mark.django_db
def test_the_command_prints_every_fault_and_fails(folder):
    spoil(folder, "commitments.yaml", "commitments", 0, "firmness", to="maybe")
    with pytest.raises(CommandError, match=r"1 fault, nothing was written\.\n  commitments\.yaml › HB-01 › firmness"):
        call_command("seed", folder)


def test_a_folder_that_is_not_there_says_what_to_give(tmp_path):
    with pytest.raises(seeding.BadRecord, match="There is no such folder"):
        read_checked(tmp_path / "nowhere", now=NOW)
