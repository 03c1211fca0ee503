"""Each evidence rule as a table of cases."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments import flags, rules
from commitments.rules import Draft, Proof

DAY = date(2026, 3, 1)
GAZETTE = Proof("ev-1", "T1", "lease", "Land Registry", DAY, "action")
OWNER = Proof("ev-2", "T2", "post", "OpenAI", DAY, "announcement")
PAPER = Proof("ev-3", "T3", "report", "The Paper", DAY, "action")
RIVAL = Proof("ev-4", "T3", "scoop", "The Rival", DAY, "action")
BLOG = Proof("ev-5", "T4", "rewrite", "A blog", DAY, "action")
SOUND = Draft(
    status="in_progress",
    effective_on=DAY,
    today=date(2026, 11, 1),
    reason="Signed.",
    proofs=[PAPER],
    made_on=date(2025, 7, 21),
)


def broken(**changes):
    return [refusal.rule for refusal in rules.refusals(replace(SOUND, **changes))]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({}, None),
        ({"proofs": []}, "evidence_required"),
        ({"proofs": [BLOG]}, "t4_never_alone"),
        ({"proofs": [BLOG, PAPER]}, None),
        ({"reason": "  "}, "reason_required"),
        ({"status": "not_yet_rated", "proofs": []}, None),
        ({"status": "not_yet_rated", "proofs": [], "last_status": "stalled"}, "entry_state_only"),
        ({"status": "no_evidence", "proofs": []}, "search_record_required"),
        ({"status": "no_evidence", "proofs": [], "has_search_record": True}, None),
        ({"proofs": [OWNER]}, "action_required"),
        ({"proofs": [replace(PAPER, repeats_promise=True)]}, "not_its_own_proof"),
        ({"status": "on_track"}, "deadline_or_target"),
        ({"status": "on_track", "has_deadline_or_target": True}, None),
        ({"status": "off_track"}, "deadline_or_target"),
        ({"status": "met"}, "closing_evidence"),
        ({"status": "met", "proofs": [GAZETTE]}, None),
        ({"status": "met", "proofs": [OWNER]}, "closing_evidence"),
        ({"status": "met", "proofs": [OWNER, PAPER]}, None),
        ({"status": "met", "proofs": [PAPER, RIVAL]}, None),
        ({"status": "met", "proofs": [PAPER, replace(RIVAL, origin="report")]}, "closing_evidence"),
        ({"status": "met", "proofs": [PAPER, replace(RIVAL, publisher="the  paper")]}, "closing_evidence"),
        ({"status": "partly_met", "proofs": [PAPER, BLOG]}, "closing_evidence"),
        ({"status": "not_met", "proofs": [GAZETTE]}, "outcome_reason_required"),
        ({"status": "not_met", "proofs": [GAZETTE], "outcome_reason": "expired"}, None),
        ({"status": "unclear"}, "unclear_explained"),
        ({"status": "unclear", "unclear_reason": "secret_by_nature", "settled_by": " "}, "unclear_explained"),
        ({"status": "unclear", "unclear_reason": "secret_by_nature", "settled_by": "A report."}, None),
        ({"effective_on": date(2026, 11, 2)}, "not_in_future"),
        ({"effective_on": date(9999, 1, 1)}, "date_range"),
        ({"effective_on": date(2025, 7, 20)}, "not_before_promise"),
        ({"last_status": "stalled", "last_effective_on": date(2026, 3, 2)}, "in_order"),
        ({"last_status": "stalled", "last_effective_on": date(2026, 3, 2), "is_correction": True}, None),
        ({"effective_on": date(2026, 2, 15)}, None),
        ({"effective_on": date(2026, 2, 14)}, "public_at_the_time"),
    ],
)
def test_each_rule_on_a_case_that_keeps_it_and_one_that_breaks_it(changes, rule):
    assert broken(**changes)[:1] == ([rule] if rule else [])


@given(st.lists(st.sampled_from([GAZETTE, OWNER, PAPER, RIVAL, BLOG]), max_size=6), st.integers(1, 5))
def test_copies_of_what_is_known_never_add_weight(proofs, times):
    assert rules.weigh(proofs * times) == rules.weigh(proofs)


@pytest.mark.parametrize(
    ("quote", "snapshot", "flag", "refused"),
    [
        ("The lease “was” signed", 'Today the lease "was"  signed.', "", False),
        ("the lease was torn up", "Today the lease was signed.", "", True),
        ("the lease was torn up", "Today the lease was signed.", "Heard in the video.", False),
        ("anything", "", "", False),
    ],
)
def test_a_quote_stands_in_the_stored_text_or_says_why_not(quote, snapshot, flag, refused):
    assert (rules.quote_refusal(quote, snapshot, flag) is not None) is refused


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://www.gov.uk/a?b=c#d", True),
        ("http://example.org:8080/", True),
        ("javascript:alert(1)", False),
        ("//example.org/a", False),
        ("https://user:word@example.org/", False),
        ("https://exa mple.org/", False),
        ("https://example.org/\nX: y", False),
        ("https://[::1", False),
        ("https://example.org:99999/", False),
        ("", False),
    ],
)
def test_only_plain_web_addresses_are_safe(url, safe):
    assert (rules.url_refusal(url) is None) is safe


def test_flags_are_computed_from_the_day():
    today = date(2026, 11, 1)
    calm = dict(
        status="in_progress",
        due_on=None,
        last_seen_on=today,
        changed_on=None,
        has_open_conflict=False,
        contradicted=False,
        today=today,
    )
    assert flags.flags(**calm).names == []
    assert flags.flags(**calm | {"due_on": date(2026, 10, 31)}).names == ["overdue"]
    assert flags.flags(**calm | {"due_on": date(2026, 10, 31), "status": "met"}).names == []
    assert flags.flags(**calm | {"due_on": today}).names == ["due_soon"]
    assert flags.flags(**calm | {"last_seen_on": date(2026, 5, 4)}).names == ["stale"]
    assert flags.flags(**calm | {"has_open_conflict": True, "changed_on": date(2026, 10, 2)}).names == [
        "contested",
        "changed_recently",
    ]
