from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError

from commitments.models import Commitment, Evidence, EvidenceLink
from monitoring import judging, reviewing, sighting, stories
from monitoring.models import Decision, Item, Story, StoryItem, Suggestion
from monitoring.reviewing import AlreadyDecided, CannotUndo, Verdict
from tests.judgement.conftest import NOW, item

pytestmark = pytest.mark.django_db
YES = Verdict("supports", "action", "T3")
LEASE = ("OpenAI signs lease for bigger London headquarters", "The company takes five floors near the canal.")
COPY = ("ChatGPT maker leases larger headquarters in London", "OpenAI signed for five floors near the canal.")


def suggestion_of(commitment: Commitment) -> Suggestion:
    return Suggestion.objects.get(commitment=commitment)


def test_a_stored_item_becomes_a_suggestion_with_its_reason(office: Commitment) -> None:
    judging.judge([item(*LEASE)], NOW)
    found = suggestion_of(office)
    assert found.band == "likely"
    assert "“OpenAI”" in found.reason["sentence"]
    assert {hit["text"] for hit in found.reason["hits"]} >= {"OpenAI", "London", "headquarters"}


def test_copies_of_one_event_are_one_card(office: Commitment) -> None:
    judging.judge([item(*LEASE)], NOW)
    judging.judge([item(*COPY, at=NOW + timedelta(days=1))], NOW)
    assert Story.objects.count() == 1
    assert Suggestion.objects.count() == 1


def test_an_item_keeps_its_story_when_judged_again(office: Commitment) -> None:
    row = item(*LEASE)
    judging.judge([row], NOW)
    before = row.place.story
    judging.judge([row], NOW)
    assert StoryItem.objects.get(item=row).story == before


def test_accepting_makes_evidence_that_copies_the_item(office: Commitment, edith: User) -> None:
    judging.judge([item(*LEASE)], NOW)
    found = suggestion_of(office)
    reviewing.accept(found.pk, version=0, verdict=YES, by=edith, now=NOW)
    evidence = Evidence.objects.get()
    assert (evidence.title, evidence.publisher, evidence.tier) == (LEASE[0], "The Ledger", "T3")
    assert evidence.origin == f"story-{found.story_id}"
    assert evidence.added_by == edith
    Item.objects.all().delete()
    assert Evidence.objects.count() == 1


def test_a_dismissed_pair_never_returns(office: Commitment, edith: User) -> None:
    row = item(*LEASE)
    judging.judge([row], NOW)
    reviewing.dismiss(suggestion_of(office).pk, version=0, reason_code="other_news", by=edith, now=NOW)
    judging.judge([row, item(*COPY)], NOW)
    assert Suggestion.objects.get().state == "dismissed"


def test_of_two_editors_the_second_is_told_who_was_first(office: Commitment, edith: User, ron: User) -> None:
    judging.judge([item(*LEASE)], NOW)
    found = suggestion_of(office)
    reviewing.dismiss(found.pk, version=0, reason_code="known", by=edith, now=NOW)
    with pytest.raises(AlreadyDecided, match="dismissed by Edith"):
        reviewing.accept(found.pk, version=0, verdict=YES, by=ron, now=NOW)
    assert not Evidence.objects.exists()
    assert Decision.objects.count() == 1


def test_a_decision_can_be_taken_back_for_ten_seconds(office: Commitment, edith: User) -> None:
    judging.judge([item(*LEASE)], NOW)
    found = suggestion_of(office)
    reviewing.accept(found.pk, version=0, verdict=YES, by=edith, now=NOW)
    reviewing.undo(by=edith, now=NOW + timedelta(seconds=9))
    found.refresh_from_db()
    assert found.state == "open"
    assert not Evidence.objects.exists()
    assert not EvidenceLink.objects.exists()
    assert Decision.objects.get().undone_at is not None


def test_after_that_it_stands(office: Commitment, edith: User, ron: User) -> None:
    judging.judge([item(*LEASE)], NOW)
    reviewing.accept(suggestion_of(office).pk, version=0, verdict=YES, by=edith, now=NOW)
    with pytest.raises(CannotUndo):
        reviewing.undo(by=edith, now=NOW + timedelta(minutes=1))
    with pytest.raises(CannotUndo):
        reviewing.undo(by=ron, now=NOW)
    assert Evidence.objects.count() == 1


def test_undoing_leaves_evidence_that_was_there_before(office: Commitment, edith: User) -> None:
    row = item(*LEASE)
    office.add_evidence(
        title=row.title, url=row.link, publisher="x", published_on=NOW.date(), tier="T3", stance="supports",
        act="action", by=edith, now=NOW,
    )  # fmt: skip
    judging.judge([row], NOW)
    reviewing.accept(suggestion_of(office).pk, version=0, verdict=YES, by=edith, now=NOW)
    reviewing.undo(by=edith, now=NOW)
    assert EvidenceLink.objects.count() == 1


def test_a_snoozed_card_comes_back_on_its_day(office: Commitment, edith: User) -> None:
    judging.judge([item(*LEASE)], NOW)
    reviewing.snooze(suggestion_of(office).pk, version=0, until=NOW + timedelta(days=7), by=edith, now=NOW)
    assert not Suggestion.objects.waiting(NOW).exists()
    assert Suggestion.objects.waiting(NOW + timedelta(days=7)).exists()


def test_a_card_can_be_assigned_to_another_commitment(office: Commitment, courts: Commitment, edith: User) -> None:
    judging.judge([item(*LEASE)], NOW)
    found = Suggestion.objects.get(commitment=office)
    _, target = reviewing.assign(found.pk, version=0, to=courts, by=edith, now=NOW)
    assert target.commitment == courts
    assert target.state == "open"
    reviewing.undo(by=edith, now=NOW)
    assert list(Suggestion.objects.undecided().values_list("commitment", flat=True)) == [office.pk]


def test_a_batch_is_dismissed_and_taken_back_together(office: Commitment, courts: Commitment, edith: User) -> None:
    trial = item("Justice ministry tries AI in courts", "Prison staff test a chatbot.")
    judging.judge([item(*LEASE), trial], NOW)
    rows = list(Suggestion.objects.all())
    done, refused = reviewing.dismiss_all(
        [(row.pk, 0) for row in rows] + [(rows[0].pk, 0)], reason_code="no_news", by=edith, now=NOW
    )
    assert len(done) == len(rows)
    assert len(refused) == 1
    reviewing.undo(by=edith, now=NOW)
    assert Suggestion.objects.undecided().count() == len(rows)


def test_splitting_keeps_what_was_decided_for_both(office: Commitment, edith: User) -> None:
    first, second = item(*LEASE), item(*COPY)
    judging.judge([first, second], NOW)
    reviewing.dismiss(suggestion_of(office).pk, version=0, reason_code="known", by=edith, now=NOW)
    split = stories.split(second, now=NOW)
    assert Story.objects.count() == 2
    assert split.suggestions.get().state == "dismissed"
    judging.judge([first, second], NOW)
    assert not Suggestion.objects.undecided().exists()


def test_merging_keeps_the_decided_one_of_two_suggestions(office: Commitment, edith: User) -> None:
    first, second = (
        item(*LEASE),
        item("OpenAI hires for London office", "Forty desks are ready.", at=NOW - timedelta(days=30)),
    )
    judging.judge([first, second], NOW)
    kept = Suggestion.objects.get(story=first.place.story)
    reviewing.accept(kept.pk, version=0, verdict=YES, by=edith, now=NOW)
    stories.merge([first.place.story], into=second.place.story)
    assert Suggestion.objects.get().state == "accepted"
    assert Story.objects.get().places.count() == 2


def stories_of(texts: list[tuple[str, str]]) -> list[int]:
    """Which of them share a story, as one number each, when they come one by one."""
    placed = [stories.assign([item(*text)], now=NOW) for text in texts]
    order: dict[int, int] = {}
    return [order.setdefault(story.pk, len(order)) for one in placed for story in one.values()]


def test_stories_are_the_same_however_little_of_them_is_kept_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [LEASE, COPY, ("Prison letters sorted by machine", "Four jails take part."), LEASE, COPY] * 3
    wanted = stories_of(texts)
    Story.objects.all().delete()
    Item.objects.all().delete()
    sighting._kept.clear()
    monkeypatch.setattr(sighting, "MOST_CLUES", 2)
    assert stories_of(texts) == wanted
    assert 1 < len(set(wanted)) < len(texts)


def test_an_edited_item_is_compared_by_its_new_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sighting, "GROWN", 9)  # what is kept stays kept
    first = item("Prison letters sorted by machine", "Four jails take part.")
    stories.assign([first], now=NOW)
    first.title, first.text, first.content_hash = *LEASE, "edited"
    first.save()
    copy = item(*LEASE)
    assert stories.assign([copy], now=NOW)[copy.pk] == first.place.story


def test_an_item_that_could_not_be_judged_is_taken_up_again(
    office: Commitment, monkeypatch: pytest.MonkeyPatch
) -> None:
    item(*LEASE)
    with monkeypatch.context() as broken:
        broken.setattr("monitoring.suggesting.suggest", lambda *args, **kwargs: 1 / 0)
        assert judging.judge_waiting(NOW) == 0
    assert not StoryItem.objects.exists()
    assert judging.judge_waiting(NOW) == 1
    assert judging.judge_waiting(NOW) == 0
    assert Suggestion.objects.exists()


def test_one_item_that_cannot_be_judged_holds_up_no_other(office: Commitment, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = item(*COPY), item(*LEASE)
    real = judging.suggesting.suggest

    def fails_for_one(items: list[Item], *args: Any, **kwargs: Any) -> list[Suggestion]:
        return 1 / 0 if bad in items else real(items, *args, **kwargs)  # type: ignore[return-value]

    monkeypatch.setattr("monitoring.suggesting.suggest", fails_for_one)
    assert judging.judge_waiting(NOW) == 1
    assert list(Item.objects.unjudged()) == [bad]
    assert Suggestion.objects.get().item == good


def test_a_database_that_went_away_ends_the_round_and_is_not_blamed_on_each_item(
    office: Commitment, monkeypatch: pytest.MonkeyPatch
) -> None:
    item(*COPY)
    item(*LEASE)
    tries: list[int] = []

    def is_cut_off(items: list[Item], *args: Any, **kwargs: Any) -> list[Suggestion]:
        tries.append(len(items))
        raise OperationalError("the connection is closed")

    with monkeypatch.context() as away:
        away.setattr("monitoring.suggesting.suggest", is_cut_off)
        away.setattr(judging.connection, "is_usable", lambda: False)
        with pytest.raises(OperationalError):
            judging.judge_waiting(NOW)
    assert tries == [2], "not once more for each of them"
    assert judging.judge_waiting(NOW) == 2


def test_items_wait_until_there_is_a_commitment_to_judge_them_by() -> None:
    item(*LEASE)
    assert judging.judge_waiting(NOW) == 0
    assert Item.objects.unjudged().count() == 1
