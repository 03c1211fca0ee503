from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from commitments.models import Commitment, Evidence
from monitoring import judging, reviewing
from monitoring.models import Story, Suggestion
from tests.judgement.conftest import NOW, item, person

pytestmark = pytest.mark.django_db
INBOX = "/staff/triage/"
LEASE = ("OpenAI signs lease for bigger London headquarters", "The company takes five floors near the canal.")


@pytest.fixture
def card(office: Commitment) -> Suggestion:
    judging.judge([item(*LEASE)], NOW)
    return Suggestion.objects.get()


def test_strangers_and_viewers_stay_outside(client: Client, card: Suggestion) -> None:
    assert client.get(INBOX).status_code == 302
    client.force_login(person("vera", "Viewer"))
    assert client.get(INBOX).status_code == 403
    assert client.post(f"{INBOX}{card.pk}/dismiss/", {"version": 0, "reason": "known"}).status_code == 403


def test_the_card_shows_the_words_that_made_it(desk: Client, card: Suggestion) -> None:
    page = desk.get(INBOX).content.decode()
    assert ">OpenAI</mark>" in page
    assert card.reason["sentence"].replace("“", "“") in page.replace("&#x27;", "'")
    for key in "jkadsuo?":
        assert f"<kbd>{key}</kbd>" in page


def test_accepting_by_a_plain_form_makes_evidence(desk: Client, card: Suggestion) -> None:
    form = {"version": 0, "stance": "supports", "act": "action", "tier": "T3"}
    page = desk.post(f"{INBOX}{card.pk}/accept/", form, follow=True).content.decode()
    assert "Accepted as evidence." in page
    assert 'id="key-u"' in page
    assert Evidence.objects.get().title == LEASE[0]
    assert "Taken back: 1 decision." in desk.post(f"{INBOX}undo/", follow=True).content.decode()
    assert not Evidence.objects.exists()


def test_a_stale_form_changes_nothing_and_says_who_was_faster(desk: Client, card: Suggestion, ron: User) -> None:
    reviewing.dismiss(card.pk, version=0, reason_code="known", by=ron, now=NOW)
    form = {"version": 0, "stance": "supports", "act": "action", "tier": "T3"}
    page = desk.post(f"{INBOX}{card.pk}/accept/", form, follow=True).content.decode()
    assert "dismissed by Ron meanwhile" in page
    assert not Evidence.objects.exists()


def test_a_batch_is_dismissed_from_the_list(desk: Client, card: Suggestion) -> None:
    form = {"chosen": [f"{card.pk}:0"], "reason": "no_news"}
    assert "1 dismissed" in desk.post(f"{INBOX}dismiss/", form, follow=True).content.decode()
    assert "Nothing waits here" in desk.get(INBOX).content.decode()


def test_filters_narrow_the_list(desk: Client, card: Suggestion, courts: Commitment) -> None:
    def listed(**wanted: object) -> bool:
        return LEASE[0] in desk.get(INBOX, wanted).content.decode()

    assert listed(commitment=card.commitment_id, band="likely", source=card.item.source_id)
    assert not listed(commitment=courts.pk)
    assert not listed(band="maybe")
    assert listed(commitment="' OR 1=1", days="x")


def test_a_form_that_nobody_sent_is_answered_with_400(desk: Client, card: Suggestion) -> None:
    wrong = [
        (f"{INBOX}{card.pk}/accept/", {"version": 0, "stance": "nonsense"}),
        (f"{INBOX}{card.pk}/dismiss/", {"version": 0, "reason": "nonsense"}),
        (f"{INBOX}{card.pk}/snooze/", {"version": 0, "days": "4000"}),
        (f"{INBOX}dismiss/", {"chosen": "x:y", "reason": "known"}),
    ]
    for address, form in wrong:
        assert desk.post(address, form).status_code == 400
    assert desk.get(f"{INBOX}{card.pk}/accept/").status_code == 405


def test_the_next_address_stays_on_this_site(desk: Client, card: Suggestion) -> None:
    form = {"version": 0, "reason": "known", "next": "https://evil.example/"}
    assert desk.post(f"{INBOX}{card.pk}/dismiss/", form)["Location"].startswith(INBOX)


def test_the_admin_opens_a_suggestion_as_the_same_card(client: Client, card: Suggestion) -> None:
    client.force_login(User.objects.create_superuser("root", password="x"))
    address = reverse("admin:monitoring_suggestion_change", args=[card.pk])
    assert "Accept as evidence" in client.get(address).content.decode()
    form = {"version": 0, "stance": "supports", "act": "action", "tier": "T3", "next": address}
    page = client.post(f"{INBOX}{card.pk}/accept/", form, follow=True).content.decode()
    assert "Accepted, by root" in page
    assert client.get(reverse("admin:monitoring_suggestion_changelist")).status_code == 200


def test_precision_is_counted_and_loose_words_are_named(desk: Client, card: Suggestion, edith: User) -> None:
    reviewing.dismiss(card.pk, version=0, reason_code="same_word", by=edith, now=NOW)
    page = desk.get(f"{INBOX}figures/").content.decode()
    assert "T-01" in page


def test_a_watch_query_that_is_mostly_wrong_is_proposed_for_tightening(
    desk: Client, office: Commitment, courts: Commitment, edith: User
) -> None:
    for row, by_query in ((office, True), (courts, False)):
        for number in range(5):
            story = Story.objects.create(title=f"Story {number}", first_at=NOW, last_at=NOW, made_at=NOW)
            suggestion = Suggestion.objects.create(
                story=story, commitment=row, score=0.7, band="likely", found_at=NOW, met_query=by_query, reason={}
            )
            reviewing.dismiss(suggestion.pk, version=0, reason_code="same_word", by=edith, now=timezone.now())
    page = desk.get(f"{INBOX}figures/").content.decode()
    assert page.count("<strong>Tighten</strong> its watch query") == 1
    assert page.count("<strong>Tighten</strong> its words") == 1


def test_hostile_text_is_shown_and_never_run(desk: Client, office: Commitment) -> None:
    judging.judge(
        [item("OpenAI London office <script>alert(1)</script>", "OpenAI London <img src=x onerror=alert(1)>")], NOW
    )
    page = desk.get(INBOX).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_the_number_of_questions_does_not_grow_with_the_list(
    desk: Client, office: Commitment, django_assert_max_num_queries: object
) -> None:
    judging.judge([item(f"OpenAI London office news {n}", f"Word{n} premises {n * 7}") for n in range(30)], NOW)
    with django_assert_max_num_queries(25):  # type: ignore[operator]
        desk.get(INBOX)


def test_two_stories_are_made_one_from_the_card(desk: Client, card: Suggestion) -> None:
    judging.judge([item("OpenAI hires for London office", "Forty desks.", at=NOW - timedelta(days=40))], NOW)
    other = Suggestion.objects.exclude(pk=card.pk).get()
    assert "Make them one" in desk.get(f"{INBOX}{card.pk}/").content.decode()
    form = {"into": card.story_id, "story": other.story_id}
    assert "Now one story" in desk.post(f"{INBOX}merge/", form, follow=True).content.decode()
    assert Suggestion.objects.get().story.places.count() == 2
