"""Addresses of standing searches, made for a commitment: the news comes already narrowed down. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from commitments.status import Tier


@dataclass(frozen=True, slots=True)
class Search:
    """`pattern` takes the words, already fit for an address; `gap` is the least time between two requests there."""

    key: str
    label: str
    publisher: str
    tier: str
    pattern: str
    gap: float = 2.0
    notes: str = ""

    def address(self, words: str) -> str:
        return self.pattern.format(words=quote_plus(words), percent=quote(words))


_GOVUK = "https://www.gov.uk/search/{finder}.atom?keywords={{words}}"
SEARCHES = (
    Search("govuk-news", "GOV.UK: news", "GOV.UK", Tier.T1.value, _GOVUK.format(finder="news-and-communications")),
    Search(
        "govuk-papers",
        "GOV.UK: policy papers and consultations",
        "GOV.UK",
        Tier.T1.value,
        _GOVUK.format(finder="policy-papers-and-consultations"),
    ),
    Search(
        "govuk-transparency",
        "GOV.UK: transparency and freedom of information",
        "GOV.UK",
        Tier.T1.value,
        _GOVUK.format(finder="transparency-and-freedom-of-information-releases"),
    ),
    Search(
        "twfy",
        "TheyWorkForYou: Parliament",
        "UK Parliament, by TheyWorkForYou",
        Tier.T1.value,
        "https://www.theyworkforyou.com/search/rss/?s={words}",
        notes="Asks to be read once a day.",
    ),
    Search(
        "gdelt",
        "GDELT: news of the week in the UK",
        "GDELT (news from many publishers)",
        Tier.T4.value,
        "https://api.gdeltproject.org/api/v2/doc/doc?query={percent}%20sourcecountry%3AUK"
        "&mode=ArtList&format=rss&timespan=7d&sort=DateDesc&maxrecords=75",
        gap=6.0,
        notes="Titles only, many copies of one story; wants six seconds between two requests.",
    ),
)
MOST_TERMS = 3  # each is a source of its own, asked for ever
BY_KEY = {search.key: search for search in SEARCHES}


def words_for(terms: Sequence[str]) -> list[str]:
    """One search for each of the first terms; a term of several words is searched as it stands."""
    kept = [term.strip().strip('"') for term in terms if term.strip()]
    return [f'"{term}"' if " " in term else term for term in kept[:MOST_TERMS]]
