"""Seeding: the whole folder is judged first, a second run changes nothing, staff are not overruled."""

import shutil
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from commitments import auditing, seeding
from commitments.models import Commitment, Evidence, Organisation, Reading, Revision, StatusChange, Wording
from commitments.seeding.loading import read_checked
from commitments.seeding.meaning import cited_sentences
from commitments.seeding.schema import FILES
from tests.record.coverage_index import CLAIMS, SENTENCE_COUNTS, TRACKABLE

SHIPPED = Path(seeding.__file__).parents[1] / "records" / "uk-openai"
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    """A small record of its own, to be spoilt by the tests."""
    write(tmp_path, "record.yaml", {"format": "commitment-record/1", "name": "harbour", "title": "Harbour pact"})
    write(
        tmp_path,
        "parties.yaml",
        {
            "organisations": [{"slug": "port-authority", "name": "Port Authority"}],
            "sectors": [{"slug": "transport", "name": "Transport"}],
            "agreements": [
                {
                    "slug": "harbour-pact",
                    "title": "Harbour pact",
                    "signed_on": date(2025, 3, 1),
                    "binding": False,
                    "parties": ["port-authority"],
                }
            ],
        },
    )
    write(
        tmp_path,
        "sources.yaml",
        {
            "documents": [
                {
                    "ref": "gazette",
                    "kind": "coverage",
                    "title": "Gazette",
                    "published_on": date(2025, 3, 2),
                    "date_precision": "day",
                    "sentences": 2,
                }
            ],
            "accounted": [{"document": "gazette", "context": [1]}],
        },
    )
    write(
        tmp_path,
        "commitments.yaml",
        {
            "commitments": [
                {
                    "ref": "HB-01",
                    "slug": "new-pier",
                    "title": "A new pier",
                    "statement": "The authority would build a pier.",
                    "agreement": "harbour-pact",
                    "owners": ["port-authority"],
                    "sectors": ["transport"],
                    "life": "published",
                    "firmness": "intended",
                    "made_on": date(2025, 3, 1),
                    "wordings": [
                        {
                            "document": "gazette",
                            "sentence": 2,
                            "firmness": "intended",
                            "paraphrase": "A pier is planned.",
                        }
                    ],
                }
            ]
        },
    )
    write(
        tmp_path,
        "evidence.yaml",
        {
            "evidence": [
                {
                    "ref": "ev-tender",
                    "title": "Tender published",
                    "url": "https://register.example/1",
                    "publisher": "Register",
                    "published_on": date(2025, 5, 1),
                    "date_precision": "day",
                    "tier": "T1",
                    "fact": "A tender for the pier was published.",
                    "links": [{"commitment": "HB-01", "stance": "supports", "act": "action"}],
                }
            ]
        },
    )
    write(
        tmp_path,
        "status.yaml",
        {
            "status_changes": [
                {
                    "commitment": "HB-01",
                    "effective_on": date(2025, 5, 1),
                    "kind": "initial",
                    "status": "in_progress",
                    "reason": "The tender is out.",
                    "evidence": ["ev-tender"],
                }
            ]
        },
    )
    return tmp_path


class Plain(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


def write(folder, name, data):
    (folder / name).write_text(yaml.dump(data, Dumper=Plain, allow_unicode=True), encoding="utf-8")


def spoil(folder, name, *path, to):
    """Set one field, given by keys and positions, to something else; `to=None` removes it."""
    data = yaml.safe_load((folder / name).read_text(encoding="utf-8"))
    place = data
    for step in path[:-1]:
        place = place[step]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    write(folder, name, data)


def faults_of(folder):
    with pytest.raises(seeding.BadRecord) as caught:
        seeding.seed([folder], now=NOW)
    return caught.value.faults


# ---- the shipped record


@pytest.mark.django_db
def test_the_shipped_record_loads_and_a_second_run_changes_nothing():
    out = StringIO()
    call_command("seed", SHIPPED, stdout=out)
    call_command("seed", SHIPPED, stdout=out)

    assert "0 changes" in out.getvalue().splitlines()[-1]
    assert Commitment.objects.published().count() == 32
    assert Commitment.objects.drafts().count() == 4
    assert Evidence.objects.count() == 160
    assert auditing.audit().problem == ""


@pytest.mark.django_db
def test_imported_history_is_marked_with_the_hash_of_the_record_and_names_nobody():
    [report] = seeding.seed([SHIPPED], now=NOW)
    assert set(StatusChange.objects.values_list("review_mode", "imported_from", "record_sha256")) == {
        ("imported", "uk-openai", report.sha256)
    }
    assert not StatusChange.objects.exclude(proposed_by_name="", approved_by_name="").exists()
    assert not StatusChange.objects.told().exists()


@pytest.mark.django_db
def test_drafts_have_no_public_history():
    [report] = seeding.seed([SHIPPED], now=NOW)
    assert report.held == 2
    assert not StatusChange.objects.filter(commitment__life="draft").exists()


def test_every_sentence_that_speaks_of_something_trackable_is_cited_by_a_wording():
    lists = read_checked(SHIPPED, now=NOW).lists
    cited = {(w["document"], w.get("sentence")) for entry in lists["commitments"] for w in entry["wordings"]}
    assert [(doc, n) for doc, numbers in TRACKABLE.items() for n in numbers if (doc, n) not in cited] == []


def test_every_sentence_that_makes_a_checkable_claim_is_cited_by_a_claim_or_wording():
    cited = cited_sentences(read_checked(SHIPPED, now=NOW).lists)
    assert [(doc, n) for doc, numbers in CLAIMS.items() for n in numbers if n not in cited[doc]] == []


def test_the_pieces_are_accounted_for_to_the_last_sentence():
    lists = read_checked(SHIPPED, now=NOW).lists
    counts = {doc["ref"]: doc["sentences"] for doc in lists["documents"] if "sentences" in doc}
    assert counts == SENTENCE_COUNTS
    assert {entry["document"] for entry in lists["accounted"]} == set(counts)


def test_every_commitment_can_be_watched():
    for entry in read_checked(SHIPPED, now=NOW).lists["commitments"]:
        assert all(entry.get(name) for name in ("watch_terms", "watch_query")), entry["ref"]


def test_every_field_of_the_format_is_explained():
    text = (Path(seeding.__file__).parents[2] / "docs" / "record-format.md").read_text(encoding="utf-8")
    shapes = [shape for file in FILES for shape in file.lists.values()]
    while shapes:
        shape = shapes.pop()
        assert [
            field.name for field in shape.fields if f"`{field.name}`" not in text and f"**{field.name}**" not in text
        ] == []
        shapes += [field.shape for field in shape.fields if field.shape]


# ---- a second agreement


@pytest.mark.django_db
def test_a_second_agreement_is_another_folder(folder):
    seeding.seed([SHIPPED, folder], now=NOW)
    assert Commitment.objects.get(ref="HB-01").status == "in_progress"
    assert set(StatusChange.objects.values_list("imported_from", flat=True)) == {"uk-openai", "harbour"}


# ---- what staff did stays


@pytest.mark.django_db
def test_a_new_version_adds_and_leaves_alone_what_staff_changed(folder):
    seeding.seed([folder], now=NOW)
    Organisation.objects.update(name="Port of Northmere")
    Wording.objects.all().delete()
    spoil(folder, "record.yaml", "title", to="Harbour pact, second edition")
    spoil(folder, "parties.yaml", "sectors", to=[{"slug": s, "name": s.title()} for s in ("transport", "energy")])

    [report] = seeding.seed([folder], now=NOW)

    assert dict(report.added) == {"sectors": 1}
    assert Organisation.objects.get().name == "Port of Northmere"
    assert not Wording.objects.exists()
    assert report.kept == ["name of organisations “Port of Northmere”"]


@pytest.mark.django_db
def test_update_takes_the_folders_words_and_keeps_the_old_ones_as_a_revision(folder):
    seeding.seed([folder], now=NOW)
    spoil(folder, "commitments.yaml", "commitments", 0, "statement", to="The authority would build a short pier.")

    [report] = seeding.seed([folder], now=NOW, update=True)

    pier = Commitment.objects.get()
    assert report.updated["commitments"] == 1
    assert pier.statement == "The authority would build a short pier."
    revision = pier.revisions.get()
    assert (revision.subject, revision.before) == ("statement", "The authority would build a pier.")
    assert "harbour" in revision.reason


@pytest.mark.django_db
def test_update_keeps_former_sectors_wordings_and_disagreements_as_revisions(folder):
    """So that the page of an earlier day shows them; what stands with a promise from its beginning is no edit."""
    conflict = {
        "point": "How long",
        "subject": "figure",
        "detail": "They differ.",
        "state": "open",
        "resolution": "",
        "readings": [{"value": "short"}, {"value": "long"}],
    }
    spoil(folder, "commitments.yaml", "commitments", 0, "conflicts", to=[conflict])
    seeding.seed([folder], now=NOW)
    assert not Revision.objects.exists()
    parties = yaml.safe_load((folder / "parties.yaml").read_text(encoding="utf-8"))
    parties["sectors"].append({"slug": "leisure", "name": "Leisure"})
    write(folder, "parties.yaml", parties)
    spoil(folder, "commitments.yaml", "commitments", 0, "sectors", to=["leisure"])
    spoil(folder, "commitments.yaml", "commitments", 0, "wordings", 0, "hedge", to="shall")
    conflict |= {"detail": "They differ much.", "readings": [{"value": "short"}, {"value": "longer"}, {"value": "?"}]}
    spoil(folder, "commitments.yaml", "commitments", 0, "conflicts", to=[conflict])

    seeding.seed([folder], now=NOW, update=True)

    told = [(r.subject.split()[0], r.before) for r in Revision.objects.order_by("pk")]
    assert told[0] == ("sectors", "transport")
    assert told[1][0] == "wording"
    assert told[2:] == [
        ("conflict", "detail: They differ."),
        ("reading", "value: long"),
        ("reading", ""),
    ]
    assert [r.value for r in Reading.objects.all()] == ["short", "longer", "?"]
    assert [s.slug for s in Commitment.objects.get().sectors.all()] == ["leisure"]


@pytest.mark.django_db
def test_published_history_is_not_rewritten_by_a_new_version(folder):
    seeding.seed([folder], now=NOW)
    spoil(folder, "status.yaml", "status_changes", 0, "reason", to="The tender was out.")
    [report] = seeding.seed([folder], now=NOW)
    assert StatusChange.objects.get().reason == "The tender is out."
    assert "ledger is not rewritten" in report.kept[0]


# ---- bad folders


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
