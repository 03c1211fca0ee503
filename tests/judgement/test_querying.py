import time

import pytest

from monitoring import placing, querying
from monitoring.normalising import read_words
from monitoring.placing import WordPlaces
from monitoring.querying import QueryError


def matches(query: str, text: str) -> bool:
    return placing.ask(querying.parse(query), WordPlaces(read_words(text))) is not None


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("OpenAI AND London", "OpenAI opens in London", True),
        ("OpenAI London", "London has OpenAI", True),
        ("OpenAI AND London", "OpenAI opens in Paris", False),
        ("Paris OR London", "a day in London", True),
        ('"growth zone"', "two growth zones", True),
        ('"growth zone"', "a zone of growth", False),
        ("zone NOT wheat", "growth zone for wheat", False),
        ("zone NOT wheat", "growth zone for servers", True),
        ("(a1 OR b1) AND c1", "b1 c1", True),
        ("a1 OR b1 AND c1", "a1", True),
        ("OpenAI NEAR/3 London", "OpenAI moves to London", True),
        ("London NEAR/3 OpenAI", "OpenAI moves to London", True),
        ("OpenAI NEAR/2 London", "OpenAI will soon move to London", False),
        ('data-centre OR "data centre"', "a new data center", True),
    ],
)
def test_a_query_finds_what_its_writer_means(query: str, text: str, expected: bool) -> None:
    assert matches(query, text) is expected


@pytest.mark.parametrize(
    ("query", "at", "says"),
    [
        ("(OpenAI AND London", 0, "never closed"),
        ("OpenAI AND London)", 17, "closes nothing"),
        ('OpenAI AND "growth zone', 11, "never closed"),
        ("OpenAI AND", 10, "ends here"),
        ("AND OpenAI", 0, "both sides"),
        ("OpenAI OR OR London", 10, "both sides"),
        ("OpenAI AND ()", 12, "before this bracket"),
        ("NOT OpenAI", 0, "NOT alone"),
        ("OpenAI NEAR/99 London", 7, "1 to 50"),
        ("OpenAI NEAR/4 (a1 OR b1)", 7, "between two words"),
        ("OpenAI AND ???", 11, "no word"),
    ],
)
def test_an_error_stands_at_the_offending_character(query: str, at: int, says: str) -> None:
    with pytest.raises(QueryError) as caught:
        querying.parse(query)
    assert caught.value.at == at
    assert says in caught.value.message


def test_a_blank_query_asks_nothing() -> None:
    assert querying.parse("  ") is None


def test_where_a_query_is_met_can_be_highlighted() -> None:
    text = "Two growth zones near Leeds"
    places = WordPlaces(read_words(text))
    (first, last), *_ = placing.ask(querying.parse('"growth zone"'), places) or []
    assert text[places.words[first].start : places.words[last].end] == "growth zones"


def test_ten_thousand_terms_are_read_and_asked_in_under_a_second() -> None:
    query = " OR ".join(f"word{number}" for number in range(10_000))
    began = time.process_time()
    tree = querying.parse(query)
    assert placing.ask(tree, WordPlaces(read_words("nothing of the kind, but word9999"))) is not None
    assert time.process_time() - began < 1


def test_limits_are_said_and_not_suffered() -> None:
    with pytest.raises(QueryError, match="more than 20,000 terms"):
        querying.parse("a1 " * 20_001)
    with pytest.raises(QueryError, match="nested"):
        querying.parse("(" * 60 + "a1" + ")" * 60)
    with pytest.raises(QueryError, match="longer than"):
        querying.parse("a1 " * 100_000)
