"""The desk: a status is changed on a form, proposed to a second person, and refused with the rule in words."""

from datetime import date

import pytest
from django.urls import reverse

from commitments.models import (
    Commitment,
    Evidence,
    Proposal,
    Revision,
    StatusChange,
)
from tests.record.builders import commitment, evidence

pytestmark = pytest.mark.django_db


def form_for(of, **values):
    last = of.status_changes.order_by("-sequence").first()
    return {
        "status": "in_progress",
        "effective_on": "2025-08-01",
        "reason": "The lease was signed.",
        "evidence": [item.pk for item in of.evidence.all()],
        "seen_sequence": last.sequence if last else 0,
        **values,
    }


def status_url(of):
    return reverse("admin:commitments_commitment_status", args=[of.pk])


def test_an_editor_changes_a_status_on_the_form(client, as_role):
    office = commitment()
    evidence(office)
    erin = as_role("erin", "Editor")

    answer = client.post(status_url(office), form_for(office, publish="Publish"))

    assert answer.status_code == 302
    change = StatusChange.objects.get()
    assert (change.status, change.effective_on, change.proposed_by) == ("in_progress", date(2025, 8, 1), erin)
    office.refresh_from_db()
    assert office.status == "in_progress"


def test_the_commitment_page_has_no_status_to_set(client, as_role):
    office = commitment()
    as_role("erin", "Editor")
    page = client.get(reverse("admin:commitments_commitment_change", args=[office.pk])).content.decode()
    assert 'name="status"' not in page
    assert "Change status" in page


def test_a_refusal_says_which_rule_and_what_the_evidence_weighs(client, as_role):
    office = commitment()
    evidence(office, tier="T4")
    as_role("erin", "Editor")

    page = client.post(status_url(office), form_for(office, publish="Publish")).content.decode()

    assert "Nothing was published" in page
    assert "T4" in page
    assert "1 × T4" in page
    assert not StatusChange.objects.exists()


def test_a_closing_status_needs_a_second_person_who_approves_it(client, as_role):
    office = commitment()
    evidence(office)
    as_role("erin", "Editor")
    page = client.post(status_url(office), form_for(office, status="met", publish="Publish")).content.decode()
    assert "second person" in page
    assert not StatusChange.objects.exists()

    client.post(status_url(office), form_for(office, status="met", propose="Propose"))
    proposal = Proposal.objects.get()
    decide = reverse("admin:commitments_proposal_decide", args=[proposal.pk])
    client.post(decide, {"decision": "approve"})
    assert not StatusChange.objects.exists(), "nobody approves their own proposal"

    as_role("rosa", "Reviewer")
    client.post(decide, {"decision": "approve"})
    change = StatusChange.objects.get()
    assert (change.status, change.review_mode) == ("met", "two_people")
    assert (change.proposed_by_name, change.approved_by_name) == ("erin", "rosa")


def test_a_reviewer_sends_a_proposal_back_with_a_reason(client, as_role):
    office = commitment()
    evidence(office)
    as_role("erin", "Editor")
    client.post(status_url(office), form_for(office, propose="Propose"))
    as_role("rosa", "Reviewer")
    decide = reverse("admin:commitments_proposal_decide", args=[Proposal.objects.get().pk])

    assert "Give the reason" in client.post(decide, {"decision": "decline"}).content.decode()
    client.post(decide, {"decision": "decline", "note": "The lease is not signed yet."})

    assert Proposal.objects.get().state == "declined"
    assert not StatusChange.objects.exists()


def test_the_chief_editor_overrides_with_a_reason_and_nobody_else_can(client, as_role):
    office = commitment()
    evidence(office)
    as_role("carol", "Chief editor")
    client.post(status_url(office), form_for(office, status="met", propose="Propose"))
    decide = reverse("admin:commitments_proposal_decide", args=[Proposal.objects.get().pk])
    client.post(decide, {"decision": "override", "note": "The reviewer is ill and the deadline is today."})
    change = StatusChange.objects.get()
    assert (change.review_mode, change.override_reason[:12]) == ("override", "The reviewer")


def test_an_editor_cannot_override(client, as_role):
    office = commitment()
    evidence(office)
    as_role("erin", "Editor")
    client.post(status_url(office), form_for(office, status="met", propose="Propose"))
    decide = reverse("admin:commitments_proposal_decide", args=[Proposal.objects.get().pk])
    assert client.post(decide, {"decision": "override", "note": "I would like to."}).status_code == 403
    assert not StatusChange.objects.exists()


def test_the_slower_of_two_editors_is_told_and_publishes_nothing(client, as_role):
    office = commitment()
    evidence(office)
    as_role("erin", "Editor")
    stale_form = form_for(office, reason="Second to press the button.", publish="Publish")
    client.post(status_url(office), form_for(office, publish="Publish"))
    page = client.post(status_url(office), stale_form).content.decode()
    assert "after you opened this form" in page
    assert StatusChange.objects.count() == 1


def test_a_draft_is_edited_without_ceremony_and_published_with_one_button(client, as_role):
    office = commitment(life="draft", published_at=None)
    as_role("rosa", "Reviewer")
    url = reverse("admin:commitments_commitment_change", args=[office.pk])
    client.post(url, page_form(client, url) | {"title": "An office"})
    assert not Revision.objects.exists()
    assert Commitment.objects.get().title == "An office"

    client.post(reverse("admin:commitments_commitment_publish", args=[office.pk]))
    assert Commitment.objects.published().count() == 1


def test_a_draft_is_previewed_as_the_public_page_and_stays_a_draft(client, as_role):
    office = commitment(life="draft", published_at=None)
    as_role("rosa", "Reviewer")
    page = client.get(reverse("admin:commitments_commitment_preview", args=[office.pk]))
    assert office.statement in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert Commitment.objects.get().life == "draft"
    client.logout()
    assert client.get(f"/c/{office.slug}/").status_code == 404


def test_a_known_address_is_pointed_out_before_it_is_stored_twice(client, as_role):
    office = commitment()
    known = evidence(office)
    as_role("erin", "Editor")
    url = reverse("admin:commitments_evidence_add")
    form = page_form(client, url) | {
        "title": "The same lease",
        "url": known.url,
        "publisher": "Gazette",
        "published_on": "2025-07-23",
        "date_precision": "day",
        "tier": "T3",
    }
    page = client.post(url, form).content.decode()
    assert known.ref in page
    assert client.post(url, form | {"same_address": "on"}).status_code == 302


def test_the_desk_shows_what_waits_for_me(client, as_role):
    office = commitment()
    evidence(office)
    as_role("erin", "Editor")
    client.post(status_url(office), form_for(office, propose="Propose"))
    assert "Waiting for my approval" not in client.get(reverse("admin:index")).content.decode()
    as_role("rosa", "Reviewer")
    page = client.get(reverse("admin:index")).content.decode()
    assert f"{office.ref}: In progress" in page


def test_the_history_is_told_in_words(client, as_role):
    office = commitment()
    evidence(office)
    as_role("erin", "Editor")
    client.post(status_url(office), form_for(office, publish="Publish"))
    page = client.get(reverse("admin:commitments_commitment_history", args=[office.pk])).content.decode()
    assert "First rated “In progress” from 1 August 2025, by erin." in page
    assert "The lease was signed." in page


def page_form(client, url):
    """Every field of the page's main form as a browser would send it."""
    context = client.get(url).context
    values = {}
    for form in [context["adminform"].form, *(f for s in context["inline_admin_formsets"] for f in _forms(s))]:
        for field in form:
            value = field.value()
            if isinstance(value, bool):
                value = "on" if value else None
            if value is not None:
                values[field.html_name] = value
    return values


def _forms(inline):
    return [inline.formset.management_form, *inline.formset.forms]


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("https://register.example/lease", True),
        ("http://www.register.example/lease/?utm_source=letter#part-2", True),
        ("https://register.example/lease?page=2", False),
        ("https://register.example/lease-2", False),
        ("https://other.example/lease", False),
        ("", False),
    ],
)
def test_other_spellings_of_an_address_are_the_same_page(url, known):
    piece = evidence(commitment(), url="https://register.example/lease?utm_campaign=x")
    assert list(Evidence.objects.near_address(url)) == ([piece] if known else [])
