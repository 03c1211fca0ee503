"""The page of one commitment, and what becomes of its address."""

from datetime import date

import pytest
from django.test import Client

from commitments.models import Conflict, Criterion, Reading, Series, SourceDocument, Target
from tests.record import builders

pytestmark = pytest.mark.django_db


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def rate(commitment, status: str, on: date, **more):
    item = builders.evidence(commitment, published_on=on, title=f"Report of {on}")
    return commitment.change_status(
        status,
        reason=more.pop("reason", f"Because of {on}."),
        evidence=[item],
        by=builders.person("Ada"),
        effective_on=on,
        now=builders.NOW,
        **more,
    )


def test_it_says_what_was_promised_how_firmly_and_what_came_of_it(client: Client) -> None:
    office = builders.commitment(hedge="plans to")
    rate(office, "in_progress", date(2025, 8, 1), reason="The lease is signed.", confirmation="self_declared")
    page = text_of(client, office.get_absolute_url())
    for said in (office.title, office.statement, "plans to", "OpenAI", "no deadline", "The lease is signed."):
        assert said in page, said
    assert "Self-declared" in page


def test_every_event_of_the_timeline_has_a_permalink(client: Client) -> None:
    office = builders.commitment()
    change = rate(office, "in_progress", date(2025, 8, 1))
    page = text_of(client, office.get_absolute_url())
    for anchor in ("made", f"change-{change.sequence}", *(link.evidence.ref for link in office.evidence_links.all())):
        assert f'id="{anchor}"' in page
        assert f'href="?event={anchor}#{anchor}"' in page


def test_an_announcement_and_an_action_carry_different_signs(client: Client) -> None:
    office = builders.commitment()
    builders.evidence(office, act="announcement")
    assert 'href="#g-action"' not in text_of(client, office.get_absolute_url()).split('class="timeline"')[1]
    builders.evidence(office, act="action")
    assert 'href="#g-action"' in text_of(client, office.get_absolute_url()).split('class="timeline"')[1]


def test_the_trajectory_says_what_would_be_needed_by_now(client: Client) -> None:
    compute = builders.commitment(title="Compute", due_on=date(2030, 12, 31), due_precision="year")
    target = Target.objects.create(
        commitment=compute, unit="exaFLOPS", baseline=21, baseline_on=date(2025, 7, 17), value=420, is_headline=True
    )
    series = Series.objects.create(
        ref="capacity", commitment=compute, target=target, title="Capacity", unit="exaFLOPS", baseline=21, goal=420
    )
    series.measurements.create(on=date(2025, 7, 17), value=21)
    page = text_of(client, f"{compute.get_absolute_url()}?as_of=2026-07-17")
    # a fifth of the way less a little: 365 of 1,993 days
    assert "94.1 needed by now" in page
    assert "420 promised by 31 Dec 2030" in page


def test_wordings_criteria_and_disputes_are_printed(client: Client) -> None:
    office = builders.commitment()
    piece = SourceDocument.objects.create(ref="seed", kind="coverage", title="A piece", published_on=date(2025, 7, 22))
    office.wordings.create(document=piece, sentence=3, paraphrase="It would grow.", hedge="to", firmness="intended")
    Criterion.objects.create(commitment=office, kind="met_if", text="The office opens.")
    dispute = Conflict.objects.create(commitment=office, point="Seats", subject="figure", detail="Two figures.")
    Reading.objects.create(conflict=dispute, document=piece, value="544 seats")
    page = text_of(client, office.get_absolute_url())
    for said in ("It would grow.", "sentence 3", "Met if", "The office opens.", "Two figures.", "544 seats"):
        assert said in page, said
    assert "contested" in page


def test_a_correction_is_shown_beside_what_it_corrects(client: Client) -> None:
    office = builders.commitment()
    first = rate(office, "in_progress", date(2025, 8, 1))
    rate(office, "not_started", date(2025, 8, 2), corrects=first, reason="It was another lease.")
    page = text_of(client, office.get_absolute_url())
    assert f"correction of entry {first.sequence}" in page
    assert "It was another lease." in page


def test_a_former_address_redirects_for_ever(client: Client) -> None:
    office = builders.commitment(slug="office")
    office.revise({"slug": "london-office"}, reason="Clearer.", by=builders.person("Ada"), now=builders.NOW)
    answer = client.get("/c/office/?as_of=2026-01-01")
    assert (answer.status_code, answer["Location"]) == (301, "/c/london-office/?as_of=2026-01-01")


def test_a_withdrawn_record_leaves_a_tombstone(client: Client) -> None:
    office = builders.commitment()
    office.withdraw(reason="It was entered twice.", now=builders.NOW)
    answer = client.get(office.get_absolute_url())
    assert answer.status_code == 410
    assert "It was entered twice." in answer.content.decode()


def test_what_never_was_public_is_not_found(client: Client) -> None:
    draft = builders.commitment(life="draft")
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert client.get("/c/nothing/").status_code == 404
