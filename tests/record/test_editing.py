"""What is public is edited with a reason, which its page prints; the page of an earlier day keeps the former words."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from commitments.models import Conflict, Measurement, Reading, Revision, Sector, Series, SourceDocument
from tests.record.builders import commitment, evidence
from tests.record.test_desk import page_form

pytestmark = pytest.mark.django_db


def test_an_edit_of_public_words_asks_for_its_reason_and_keeps_the_old_ones(client, as_role):
    office = commitment()
    as_role("erin", "Editor")
    url = reverse("admin:commitments_commitment_change", args=[office.pk])
    form = page_form(client, url) | {"title": "A much bigger office"}

    assert "Say under" in client.post(url, form).content.decode()
    assert not Revision.objects.exists()

    client.post(url, form | {"change_reason": "The release says so."})
    revision = Revision.objects.get()
    assert (revision.subject, revision.before, revision.after) == ("title", "A bigger office", "A much bigger office")
    assert (revision.reason, revision.by_name) == ("The release says so.", "erin")


def test_an_added_criterion_is_a_revision_too(client, as_role):
    office = commitment()
    as_role("erin", "Editor")
    url = reverse("admin:commitments_commitment_change", args=[office.pk])
    form = page_form(client, url) | {
        "criteria-TOTAL_FORMS": "1",
        "criteria-0-kind": "met_if",
        "criteria-0-text": "The office is open.",
        "criteria-0-order": "0",
    }
    assert client.post(url, form).status_code == 200
    assert client.post(url, form | {"change_reason": "It was missing."}).status_code == 302
    assert Revision.objects.get().after == "Met if The office is open."


def test_other_sectors_are_a_revision_and_the_page_of_an_earlier_day_shows_the_former(client, as_role):
    office, jobs, work = commitment(), *(Sector.objects.create(slug=s, name=s.title()) for s in ("jobs", "work"))
    office.sectors.add(jobs)
    as_role("erin", "Editor")
    url = reverse("admin:commitments_commitment_change", args=[office.pk])
    client.post(url, page_form(client, url) | {"sectors": [work.pk], "change_reason": "It is about hours."})
    assert (Revision.objects.get().subject, Revision.objects.get().before) == ("sectors", "Jobs")
    for day, sectors in (("", ["work"]), (f"?as_of={timezone.localdate() - timedelta(1)}", ["jobs"])):
        assert client.get(f"/c/{office.slug}.json{day}").json()["sectors"] == sectors


def test_a_disagreement_is_edited_with_its_reason_and_an_earlier_day_shows_its_former_words(client, as_role):
    office = commitment()
    memo = SourceDocument.objects.create(ref="memo", kind="primary", title="Memo", published_on=date(2025, 7, 21))
    desks = Conflict.objects.create(commitment=office, point="How many desks", subject="figure", detail="They differ.")
    side = Reading.objects.create(conflict=desks, document=memo, value="50")
    as_role("erin", "Editor")
    url = reverse("admin:commitments_conflict_change", args=[desks.pk])
    edit = {"detail": "They differ by a little.", "readings-0-value": "60", "readings-0-document": memo.pk}
    form = page_form(client, url) | edit | {"readings-0-id": side.pk}
    assert "Say under" in client.post(url, form).content.decode()
    assert client.post(url, form | {"change_reason": "Counted anew."}).status_code == 302
    for day, detail, value in (
        ("", "They differ by a little.", "60"),
        (f"?as_of={timezone.localdate() - timedelta(1)}", "They differ.", "50"),
    ):
        [dispute] = client.get(f"/c/{office.slug}.json{day}").json()["disputes"]
        assert (dispute["detail"], dispute["sides"]) == (detail, [{"document": "Memo", "value": value}])


def test_a_public_disagreement_is_resolved_and_never_deleted(client, as_role):
    desks = Conflict.objects.create(commitment=commitment(), point="How many desks", subject="figure", detail="?")
    as_role("carol", "Chief editor")
    client.post(reverse("admin:commitments_conflict_delete", args=[desks.pk]), {"post": "yes"})
    assert Conflict.objects.exists()


def test_what_a_public_page_says_of_its_proof_is_edited_with_a_reason_and_an_earlier_day_shows_the_former(
    client, as_role
):
    office = commitment()
    lease = evidence(office)
    link = office.evidence_links.get()
    as_role("erin", "Editor")
    of_piece = reverse("admin:commitments_evidence_change", args=[lease.pk])
    of_record = reverse("admin:commitments_commitment_change", args=[office.pk])
    for url, edit in (
        (of_piece, {"title": "A lease, unsigned", "tier": "T4"}),
        (of_piece, {"links-0-stance": "context"}),
        (of_record, {"evidence_links-0-act": "announcement"}),
    ):
        form = page_form(client, url) | edit
        assert "Say under" in client.post(url, form).content.decode()
        assert client.post(url, form | {"change_reason": "Read it again."}).status_code == 302
    now, then = (client.get(f"/c/{office.slug}.json{day}").json()["evidence"][0] for day in ("", yesterday()))
    assert (now["title"], now["tier"], now["stance"], now["act"]) == (
        "A lease, unsigned",
        "T4",
        "context",
        "announcement",
    )
    assert (then["title"], then["tier"], then["stance"], then["act"]) == (
        lease.title,
        lease.tier,
        link.stance,
        link.act,
    )
    table = [client.get(f"/data/evidence.csv{day}").content.decode() for day in ("", yesterday())]
    assert ["A lease, unsigned" in text for text in table] == [True, False]
    assert {row.reason for row in Revision.objects.all()} == {"Read it again."}


def test_new_evidence_needs_no_reason_nor_does_what_no_page_shows(client, as_role):
    office = commitment()
    lease, other = evidence(office), evidence(commitment(), url="https://other.example/1", title="Other")
    as_role("erin", "Editor")
    url = reverse("admin:commitments_evidence_change", args=[lease.pk])
    assert client.post(url, page_form(client, url) | {"quote": "signed"}).status_code == 302
    url = reverse("admin:commitments_commitment_change", args=[office.pk])
    added = {"TOTAL_FORMS": "2", "1-evidence": other.pk, "1-stance": "context", "1-act": "context"}
    form = page_form(client, url) | {f"evidence_links-{name}": value for name, value in added.items()}
    assert client.post(url, form | {"evidence_links-1-commitment": office.pk}).status_code == 302
    assert office.evidence_links.count() == 2
    assert not Revision.objects.exists()


def test_a_public_figure_is_edited_or_taken_away_with_a_reason(client, as_role):
    office = commitment()
    desks = Series.objects.create(ref="desks", commitment=office, title="Desks", unit="desks")
    for n in (1, 2):
        Measurement.objects.create(series=desks, on=date(2025, 8, n), value=n)
    as_role("erin", "Editor")
    url = reverse("admin:commitments_series_change", args=[desks.pk])
    added = {"measurements-2-on": "2025-08-03", "measurements-2-value": "3", "measurements-2-kind": "reported"}
    assert client.post(url, page_form(client, url) | added).status_code == 302
    for edit in ({"title": "Desks in use", "measurements-0-value": "7"}, {"measurements-1-DELETE": "on"}):
        form = page_form(client, url) | edit
        assert "Say under" in client.post(url, form).content.decode()
        assert client.post(url, form | {"change_reason": "Counted anew."}).status_code == 302
    now, then = (client.get(f"/c/{office.slug}.json{day}").json()["series"][0] for day in ("", yesterday()))
    assert (now["title"], [p["value"] for p in now["points"]]) == ("Desks in use", [7, 3])
    assert (then["title"], then["points"][0]["value"]) == ("Desks", 1)
    assert Revision.objects.filter(subject="measurement", after="").exists()


def yesterday() -> str:
    return f"?as_of={timezone.localdate() - timedelta(1)}"
