"""Seeding: the whole folder is judged first, a second run changes nothing, staff are not overruled."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

from commitments import auditing, seeding
from commitments.models import Commitment, Evidence, Organisation, Reading, Revision, StatusChange, Wording
from commitments.seeding.loading import read_checked
from commitments.seeding.meaning import cited_sentences
from commitments.seeding.schema import FILES
from tests.record.coverage_index import CLAIMS, SENTENCE_COUNTS, TRACKABLE
from tests.record.folders import spoil, write

SHIPPED = Path(seeding.__file__).parents[1] / "records" / "uk-openai"
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


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
