"""The ledger is append-only, chained, replayable, and says which row was touched."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from commitments import auditing, ledger
from commitments.models import ConcurrentChange, LedgerHead, NeedsSecondPerson, Refused, StatusChange
from commitments.triggers import remove
from tests.record.builders import NOW, commitment, evidence, person

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def published(of, to="in_progress", **details):
    proof = details.pop("evidence", None) or [evidence(of)]
    return of.change_status(
        to,
        **{
            "reason": "The lease was signed.",
            "evidence": proof,
            "by": person("erin"),
            "effective_on": date(2025, 8, 1),
            "now": NOW,
            **details,
        },
    )


def test_a_published_change_sets_the_status_and_links_to_the_row_before():
    office, zones = commitment(), commitment()
    first, second = published(office), published(zones)

    assert (first.sequence, first.previous_hash) == (1, ledger.GENESIS_HASH)
    assert (second.sequence, second.previous_hash) == (2, first.hash)
    office.refresh_from_db()
    assert (office.status, office.status_since, office.last_change) == ("in_progress", date(2025, 8, 1), first)
    assert auditing.audit().problem == ""
    assert auditing.audit().head == second.hash == LedgerHead.current().hash


def test_the_same_status_again_is_a_review_and_keeps_the_day_it_began():
    office = commitment()
    published(office)
    review = published(office, effective_on=date(2026, 3, 1), reason="Checked: the builders are in.")
    office.refresh_from_db()
    assert review.kind == "review"
    assert office.status_since == date(2025, 8, 1)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE commitments_statuschange SET reason = 'never mind' WHERE sequence = 1",
        "DELETE FROM commitments_statuschange WHERE sequence = 1",
        "DELETE FROM commitments_statuschange_evidence",
        "UPDATE commitments_statuschange_evidence SET evidence_id = evidence_id",
        "UPDATE commitments_revision SET reason = ''",
        "DELETE FROM commitments_revision",
    ],
)
def test_raw_sql_cannot_touch_a_published_row(attack):
    office = commitment()
    published(office)
    office.revise({"title": "A bigger London office"}, reason="Clearer.", by=person("erin"), now=NOW)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
    assert auditing.audit().problem == ""


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("UPDATE commitments_statuschange SET reason = 'never mind' WHERE sequence = 2", "row 2: contents"),
        ("UPDATE commitments_statuschange SET sequence = 9 WHERE sequence = 3", "row 9: sequence jumps"),
        ("UPDATE commitments_statuschange SET previous_hash = hash WHERE sequence = 3", "row 3: previous hash"),
        ("UPDATE commitments_commitment SET status = 'met' WHERE status = 'in_progress'", "stored status met"),
        ("UPDATE commitments_commitment SET status_since = '2025-08-02'", "stored since 2025-08-02"),
        ("UPDATE commitments_ledgerhead SET sequence = 4", "the head row says 4"),
        ("DELETE FROM commitments_statuschange_evidence", "row 1: the linked evidence"),
    ],
)
def test_verify_ledger_names_the_first_bad_row_once_the_triggers_are_out_of_the_way(damage, named):
    for _ in range(3):
        published(commitment())
    remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(damage)

    with pytest.raises(CommandError, match=named):
        call_command("verify_ledger")


def test_an_earlier_head_is_proved_a_prefix_and_a_foreign_one_is_not(capsys):
    early = published(commitment()).hash
    head = published(commitment()).hash

    call_command("verify_ledger", head=early)
    assert capsys.readouterr().out.strip() == head
    with pytest.raises(CommandError, match="is not in this ledger"):
        call_command("verify_ledger", head="f" * 64)


def test_a_closing_status_waits_for_a_second_person():
    office = commitment()
    proof = [evidence(office)]
    with pytest.raises(NeedsSecondPerson):
        published(office, "met", evidence=proof)

    proposal = office.propose_status(
        "met", reason="It opened.", evidence=proof, by=person("erin"), effective_on=date(2025, 8, 1), now=NOW
    )
    with pytest.raises(NeedsSecondPerson, match="their own proposal"):
        proposal.approve(by=person("erin"), now=NOW)
    change = proposal.approve(by=person("ravi"), now=NOW)
    assert (change.review_mode, change.proposed_by_name, change.approved_by_name) == ("two_people", "erin", "ravi")


def test_a_chief_editors_override_prints_its_reason():
    office = commitment()
    proposal = office.propose_status(
        "met",
        reason="It opened.",
        evidence=[evidence(office)],
        by=person("erin"),
        effective_on=date(2025, 8, 1),
        now=NOW,
    )
    change = proposal.approve(by=person("erin"), now=NOW, override_reason="Everybody else is away until May.")
    assert (change.review_mode, change.as_entry()["override_reason"]) == (
        "override",
        "Everybody else is away until May.",
    )


def test_a_team_of_one_is_named_a_single_editor(settings):
    settings.FOUR_EYES = "off"
    assert published(commitment(), "met").review_mode == "single_editor"


@pytest.mark.parametrize(
    ("tier", "status", "said", "kept"),
    [
        ("T1", "in_progress", "", "independently_confirmed"),
        ("T3", "stalled", "", "independently_confirmed"),
        ("T2", "in_progress", "", "self_declared"),
        ("T2", "in_progress", "contradicted", "contradicted"),
    ],
)
def test_who_confirms_a_status_follows_from_its_evidence_unless_the_editor_says(tier, status, said, kept):
    office = commitment()
    published(office, status, evidence=[evidence(office, tier=tier)], confirmation=said)
    office.refresh_from_db()
    assert office.confirmation == kept


def test_two_people_on_every_status_when_the_setting_says_all(settings):
    settings.FOUR_EYES = "all"
    with pytest.raises(NeedsSecondPerson):
        published(commitment())


def test_the_database_itself_refuses_a_closing_row_by_one_person():
    office = commitment()
    change = published(office)
    change.pk, change.sequence, change.hash, change.status = None, 2, "e" * 64, "met"
    with pytest.raises(DatabaseError, match="closing_reviewed"), transaction.atomic():
        change.save(force_insert=True)


def test_an_editor_who_looked_at_an_older_entry_is_told_and_nothing_is_saved():
    office = commitment()
    published(office, seen_sequence=0)
    with pytest.raises(ConcurrentChange, match="Entry 1 was published after"):
        published(office, "stalled", seen_sequence=0)
    assert StatusChange.objects.count() == 1


def test_a_correction_of_the_last_entry_replaces_it_and_points_at_it():
    office = commitment()
    published(office)
    wrong = published(office, "stalled", effective_on=date(2026, 1, 5))
    right = published(office, "in_progress", effective_on=date(2026, 1, 5), corrects=wrong)
    office.refresh_from_db()
    assert (right.kind, right.corrects, office.status, office.status_since) == (
        "correction",
        wrong,
        "in_progress",
        date(2025, 8, 1),
    )
    assert auditing.audit().problem == ""


def test_an_older_entry_is_corrected_without_changing_the_present_status():
    office = commitment()
    first = published(office)
    published(office, "stalled", effective_on=date(2026, 1, 5))
    with pytest.raises(Refused, match="correct_the_last"):
        published(office, "in_progress", effective_on=date(2026, 1, 5), corrects=first)


STATUSES = st.sampled_from(["in_progress", "stalled", "not_started", "off_track"])
MOVES = st.lists(st.tuples(STATUSES, st.integers(0, 40), st.integers(0, 20), st.booleans()), max_size=12)


@given(moves=MOVES, on_day=st.integers(-5, 400), known_hour=st.integers(-5, 300))
@settings(max_examples=500, deadline=None)
def test_the_as_of_state_is_the_one_rebuilt_step_by_step(moves, on_day, known_hour):
    """An independent, slower reading: walk the days one by one, holding the entries known at the time."""
    began, opened = date(2025, 7, 21), datetime(2025, 7, 21, tzinfo=UTC)
    steps: list[ledger.Step] = []
    day = hour = 0
    for number, (status, days, hours, corrects_last) in enumerate(moves, 1):
        hour += hours
        correction = corrects_last and steps
        day = day if correction else day + days
        recorded = opened + timedelta(hours=hour)
        steps.append(
            ledger.Step(number, status, began + timedelta(days=day), recorded, number - 1 if correction else None)
        )

    on, known_at = began + timedelta(days=on_day), opened + timedelta(hours=known_hour)
    history: list[ledger.Step] = []
    for step in steps:
        if step.recorded_at <= known_at:
            history = [kept for kept in history if kept.sequence != step.corrects] + [step]
    expected = None
    for offset in range(-10, 500):
        today = began + timedelta(days=offset)
        if today > on:
            break
        for step in history:
            if step.effective_on == today:
                expected = step
    assert ledger.state_as_of(steps, on=on, known_at=known_at) == expected
