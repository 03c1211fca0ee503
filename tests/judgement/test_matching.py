"""Invented commitments and items; every test says in one line what an editor would expect."""

import gc
import time
from datetime import date

import pytest

from monitoring import explaining, learning, matching
from monitoring.lexicon import Alias, Body
from monitoring.matching import Match, Matcher
from monitoring.reading import CommitmentText, ItemText

OFFICE = CommitmentText(
    "office", "Bigger London office for OpenAI", "The company plans a larger base in the capital.", ("OpenAI",), "jobs"
)
COURTS = CommitmentText(
    "courts",
    "AI projects in justice",
    "Language models may be tried in prisons and courts.",
    ("OpenAI", "Ministry of Justice"),
    "justice",
)
ZONES = CommitmentText(
    "zones",
    "AI growth zones across the country",
    "Areas with quick planning and power for data centres.",
    ("Department for Science, Innovation and Technology",),
    "infrastructure",
    query='"growth zone" NOT wheat',
)
WALL = CommitmentText(
    "wall", "Aldmouth flood wall", "The council will raise the sea wall.", ("Aldmouth Council",), "water"
)
ALL = [OFFICE, COURTS, ZONES, WALL]


def best(title: str, summary: str = "", commitments: list[CommitmentText] = ALL) -> Match | None:
    found = Matcher(commitments).find_matches(ItemText("i", title, summary, published_on=date(2026, 3, 1)))
    return found[0] if found and found[0].score >= 0.5 else None


@pytest.mark.parametrize(
    ("title", "summary", "key"),
    [
        ("OpenAI signs lease for larger London headquarters", "Five floors near the canal.", "office"),
        ("ChatGPT maker takes bigger premises in London", "It needs desks for new staff.", "office"),
        ("MoJ gives prison officers ChatGPT", "The justice ministry will extend its AI trial.", "courts"),
        ("Ministers pick two more AI growth zones", "Data centers there get power by 2028.", "zones"),
        ("Aldmouth council starts work on flood wall", "The first stones were laid by the sea.", "wall"),
    ],
)
def test_news_of_a_promise_finds_its_promise(title: str, summary: str, key: str) -> None:
    found = best(title, summary)
    assert found is not None
    assert found.commitment == key


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("OpenAI opens office in Munich", "Forty people will work in the German city."),
        ("Defence at fault again as Rovers lose", "The manager blamed his back line."),
        ("Growth zone for wheat moves north", "Warm springs suit growers."),
        ("Weather: rain on Sunday", "Take a coat."),
    ],
)
def test_news_that_only_shares_words_is_not_shown(title: str, summary: str) -> None:
    assert best(title, summary) is None


def test_british_and_american_spelling_are_one() -> None:
    matcher = Matcher(ALL)
    scores = {
        spelling: matcher.find_matches(ItemText("i", f"New data {spelling} in AI growth zone"))[0].score
        for spelling in ("centre", "center", "centres", "centers")
    }
    assert len(set(scores.values())) == 1


def test_an_alias_counts_only_between_its_dates() -> None:
    body = Body(
        "Aldmouth Council",
        "public",
        "gb",
        (Alias("Aldmouth Council"), Alias("Saltings Board", 1.0, None, date(2025, 12, 31))),
    )
    matcher = Matcher(ALL, bodies=[body])
    before = matcher.read(ItemText("i", "Saltings Board meets", published_on=date(2025, 6, 1)))
    after = matcher.read(ItemText("i", "Saltings Board meets", published_on=date(2026, 6, 1)))
    assert "Aldmouth Council" in before.bodies
    assert "Aldmouth Council" not in after.bodies


def test_a_reason_names_words_that_stand_where_it_says() -> None:
    item = ItemText("i", "OpenAI to leave London headquarters", "The “Bigger is better” plan is delayed.")
    matcher = Matcher(ALL)
    match = matcher.find_matches(item)[0]
    reason = explaining.explain(match, matcher)
    texts = {"title": item.title, "summary": item.summary}
    assert reason.hits
    assert all(texts[hit["field"]][hit["start"] : hit["end"]] == hit["text"] for hit in reason.hits)
    assert "“OpenAI”" in reason.sentence
    assert "“headquarters”" in reason.sentence
    assert reason.setback == "delayed"
    assert reason.shares["owner named"] != 0


def test_a_foreign_place_speaks_against() -> None:
    matcher = Matcher(ALL)
    match = next(
        m for m in matcher.find_matches(ItemText("i", "OpenAI opens office in Munich")) if m.commitment == "office"
    )
    assert "Munich" in explaining.explain(match, matcher).sentence
    assert explaining.explain(match, matcher).shares["foreign place"] < 0


@pytest.mark.parametrize(
    "title",
    ["", " ", "🙂🙂🙂", "你好，世界", "شركة تفتح مكتبا", "עברית ימין לשמאל", "<p><b>&lt;soup&gt;</p",
     "\x00\x01", "a" * 1_000_000, "word " * 200_000, "OpenAI " * 140_000, "’" * 1_000_000],
)  # fmt: skip
def test_no_text_stalls_or_breaks_the_matcher(title: str) -> None:
    matcher = Matcher(ALL)
    began = time.process_time()
    matcher.find_matches(ItemText("i", title, title))
    assert time.process_time() - began < 1


def test_a_broken_query_is_left_out_and_the_words_still_count() -> None:
    broken = CommitmentText("zones", "AI growth zones", "Places for data centres.", ("DSIT",), "", query="(growth")
    assert best("Two AI growth zones named", "Data centres will follow.", [broken, OFFICE]) is not None


def test_other_news_of_a_body_that_owes_something_counts_against_a_match_and_says_so() -> None:
    matcher = Matcher([CommitmentText("buses", "Aldmouth to run 90 electric buses", "", ("Aldmouth Council",))])
    prize = matcher.find_matches(ItemText("1", "Aldmouth bus driver wins a singing prize"))[0]
    order = matcher.find_matches(ItemText("2", "Aldmouth bus driver tries an electric vehicle"))[0]
    assert prize.score < order.score
    assert "is more often news of another kind" in explaining.explain(prize, matcher).sentence


def test_a_commitment_that_speaks_of_prizes_is_not_held_to_them() -> None:
    matcher = Matcher([CommitmentText("prize", "Aldmouth to found a prize for bus drivers", "", ("Aldmouth Council",))])
    assert (
        matcher.find_matches(ItemText("1", "Aldmouth prize for bus drivers"))[0].features["news of another kind"] == 0
    )


def test_likely_begins_later_once_there_are_enough_answers() -> None:
    matcher = Matcher([OFFICE], with_query=False)
    match = matcher.find_matches(ItemText("1", "OpenAI takes a bigger London office"))[0]
    prior = (matching.shipped(False), matching.shipped(True))
    for amount, begins in ((learning.ENOUGH - 1, prior[0].likely_from), (learning.ENOUGH, learning.LIKELY_AFTER)):
        examples = learning.Examples(matcher.comparer.rarity)
        text, query = learning.learn(matcher, [(match, True)] * amount, examples, prior)
        assert text.likely_from == begins
        assert query == prior[1]


def test_news_led_by_a_rival_counts_against_a_match_and_says_so() -> None:
    matcher = Matcher([OFFICE])
    rival = matcher.find_matches(ItemText("1", "Anthropic signs for larger London office", "OpenAI is a neighbour."))[0]
    ours = matcher.find_matches(ItemText("2", "OpenAI signs for larger London office", "Anthropic is a neighbour."))[0]
    assert rival.score < ours.score
    assert rival.features["a rival named"] > ours.features["a rival named"] == 0
    assert "is led by another company" in explaining.explain(rival, matcher).sentence


def test_the_first_word_of_a_local_bodys_name_names_it() -> None:
    matcher = Matcher([CommitmentText("turbines", "Sixty turbines off the head", "", ("Brannock Power",))])
    (found,) = matcher.find_matches(ItemText("1", "Brannock raises its first turbine"))
    assert found.features["owner named"] > 0


def test_an_item_is_lifted_towards_the_likeliest_of_its_story_and_never_lowered() -> None:
    assert matching.lifted(-1.0, 2.0) == pytest.approx(-1.0 + matching.LIFT * 3.0)
    assert matching.lifted(2.0, -1.0) == 2.0


def test_the_collector_rests_while_many_items_are_matched_and_works_again_after_a_failure() -> None:
    def fail() -> None:
        with matching.collector_resting():
            raise KeyError("resting" if not gc.isenabled() else "at work")

    with pytest.raises(KeyError, match="resting"):
        fail()
    assert gc.isenabled()
