from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from commitments.models import Commitment
from monitoring import adapting, backfilling, judging, looking, reviewing, suggesting
from monitoring.models import Backfill, LearnedWeights, Suggestion
from monitoring.reviewing import Verdict
from tests.judgement.conftest import NOW, commitment, item

pytestmark = pytest.mark.django_db


def test_a_query_is_tried_against_the_items_of_the_last_90_days(office: Commitment) -> None:
    item("OpenAI opens office in London", at=NOW)
    item("OpenAI opens office in Madrid", at=NOW)
    item("OpenAI once looked at London", at=NOW - timedelta(days=120))
    found = looking.look("OpenAI AND London", NOW)
    assert [hit.item.title for hit in found.hits] == ["OpenAI opens office in London"]
    assert [piece.text for piece in found.hits[0].title if piece.why] == ["OpenAI", "London"]


def test_a_wrong_query_says_where(office: Commitment) -> None:
    found = looking.look("OpenAI AND (London", NOW)
    assert (found.at, found.before, found.offender, found.after) == (11, "OpenAI AND ", "(", "London")


def test_what_matched_nothing_stays_searchable(office: Commitment) -> None:
    rows = [item("OpenAI signs lease for London headquarters"), item("Otters seen in London canal")]
    judging.judge(rows, NOW)
    found = looking.look("London", NOW, unmatched_only=True)
    assert [hit.item.title for hit in found.hits] == ["Otters seen in London canal"]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sites", True), ('"server site"', True), ("microsoft", True), ("10,000", True), ("Jülich", True),
        ('"10,000 homes" OR zebra', True), ("tyre", True), ("gov.uk", True), ("AI", True), ("zebra", False),
    ],
)  # fmt: skip
def test_the_database_narrows_by_words_and_loses_none(office: Commitment, query: str, found: bool) -> None:
    item("AI: server-sites by OpenAI/Microsoft", "10,000 homes in Jülich lost a tire, says https://www.gov.uk/news")
    assert bool(looking.look(query, NOW).hits) is found


@pytest.mark.both_databases
def test_a_text_of_many_thousand_words_is_stored_and_found(office: Commitment) -> None:
    item("A long one", " ".join(f"word{number}" for number in range(60_000)))
    assert looking.look("word17", NOW).count == 1


def test_what_matched_nothing_is_listed_without_a_word(office: Commitment, desk: Client) -> None:
    judging.judge([item("OpenAI signs lease for London headquarters"), item("Otters seen in London canal")], NOW)
    page = desk.get("/staff/triage/search/", {"unmatched": "yes", "days": "3650"}).content.decode()
    assert "1 item that matched nothing" in page
    assert "Otters seen" in page
    assert "signs lease" not in page


def test_what_matched_nothing_is_put_before_an_editor_by_hand(office: Commitment, desk: Client) -> None:
    otters = item("Otters seen in London canal")
    judging.judge([otters], NOW)
    page = desk.post(f"/staff/triage/suggest/{otters.pk}/", {"commitment": office.pk}, follow=True).content.decode()
    assert "Suggested by Edith" in page
    again = desk.post(f"/staff/triage/suggest/{otters.pk}/", {"commitment": office.pk}, follow=True).content.decode()
    assert "knew this story already" in again
    assert Suggestion.objects.count() == 1


def test_a_new_commitment_is_filled_from_what_is_stored(office: Commitment) -> None:
    judging.judge([item("Aldmouth council raises its sea wall", "Work on the flood wall began.")], NOW)
    wall = commitment("T-09", "Aldmouth flood wall", "The council will raise the sea wall.", "Aldmouth Council")
    assert not Suggestion.objects.filter(commitment=wall).exists()
    backfilling.ask(wall, by=None, now=NOW)
    assert backfilling.work(NOW) == 1
    assert Suggestion.objects.get(commitment=wall).band == "likely"
    assert not Backfill.objects.open()
    assert backfilling.work(NOW) == 0


def test_a_back_fill_goes_on_behind_the_batch_that_was_finished(
    office: Commitment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker falls in the second batch: the first is kept, and nothing is looked at twice."""
    judging.judge([item(f"Aldmouth council raises its sea wall {n}", f"Gate {n} opened.") for n in range(5)], NOW)
    wall = commitment("T-09", "Aldmouth flood wall", "The council will raise the sea wall.", "Aldmouth Council")
    monkeypatch.setattr(backfilling, "BATCH", 2)
    real, rounds = suggesting.suggest, []

    def falling(*args: Any, **options: Any) -> list[Suggestion]:
        rounds.append(len(args[0]))
        if len(rounds) == 2:
            raise MemoryError
        return real(*args, **options)

    monkeypatch.setattr(suggesting, "suggest", falling)
    asked = backfilling.ask(wall, by=None, now=NOW)
    assert backfilling.ask(wall, by=None, now=NOW) == asked
    with pytest.raises(MemoryError):
        backfilling.work(NOW)
    asked.refresh_from_db()
    assert (asked.looked_at, asked.done_at) == (2, None)
    assert backfilling.work(NOW) == 3
    asked.refresh_from_db()
    assert (asked.looked_at, asked.done_at) == (5, NOW)
    assert asked.found == Suggestion.objects.filter(commitment=wall).count() > 0


def test_an_editor_asks_for_a_back_fill_and_sees_how_far_it_is(office: Commitment, desk: Client) -> None:
    judging.judge([item("Otters seen in London canal")], NOW)
    page = desk.post("/staff/triage/backfill/", {"commitment": office.pk}, follow=True).content.decode()
    assert "0 items looked at, 0 new suggestions, still at work since" in page
    backfilling.work(timezone.now())
    assert ", done " in desk.get("/staff/triage/search/").content.decode()


def test_the_preview_answers_in_json(desk: Client, office: Commitment) -> None:
    good = desk.get("/staff/triage/preview/", {"q": "OpenAI AND London"}).json()
    assert good["count"] == 0
    bad = desk.get("/staff/triage/preview/", {"q": "OpenAI AND"}).json()
    assert (bad["at"], bad["error"][:15]) == (10, "The query ends ")


def test_the_search_page_marks_the_offending_character(desk: Client, office: Commitment) -> None:
    page = desk.get("/staff/triage/search/", {"q": "OpenAI )"}).content.decode()
    assert "closes nothing" in page
    assert "<code>OpenAI <mark>)</mark></code>" in page


def test_weights_are_learnt_once_a_day_and_only_from_enough_answers(office: Commitment, edith: User) -> None:
    verdict = Verdict("supports", "action", "T3")
    for number in range(24):
        title = f"OpenAI leases London office {number}" if number % 2 else f"OpenAI London party {number} was fun"
        judging.judge([item(title, f"Number{number} desks{number}.", at=NOW - timedelta(days=20 * number))], NOW)
    assert adapting.adapt_if_due(NOW) is None
    for row in Suggestion.objects.undecided():
        if "leases" in row.story.title:
            reviewing.accept(row.pk, version=0, verdict=verdict, by=edith, now=NOW)
        else:
            reviewing.dismiss(row.pk, version=0, reason_code="other_news", by=edith, now=NOW)
    assert Suggestion.objects.answered().count() >= 20
    assert adapting.adapt_if_due(NOW) is not None
    assert adapting.adapt_if_due(NOW + timedelta(hours=1)) is None
    assert LearnedWeights.objects.count() == 1
    later = NOW + timedelta(days=40)
    judging.judge([item("OpenAI leases London office again", "More desks.", at=later)], later)
    assert "like what was accepted" in Suggestion.objects.undecided().get().reason["sentence"]
