"""Words of a text with their places: one spelling, no accents, a light stem.

Offsets always point into the text as it was given, so a page can highlight what was read.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

LONGEST_READ = 20_000
"""Characters of one text that are read; the rest of a longer text is ignored."""

_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"
    r"|\d+(?:[.,]\d+)*(?:st|nd|rd|th|bn|tn|k|m|x)?(?![\w])"
    r"|[^\W_]+(?:[’'][^\W\d_]+)*"
)
_POSSESSIVE = re.compile(r"[’'](?:s|S)$")
_VOWEL = re.compile(r"[aeiouy]")
_LONGEST_WORD = 60

_SPELLINGS = {
    "center": "centre",
    "centers": "centres",
    "datacenter": "datacentre",
    "datacenters": "datacentre",
    "datacentres": "datacentre",
    "defense": "defence",
    "program": "programme",
    "programs": "programmes",
    "labor": "labour",
    "harbor": "harbour",
    "harbors": "harbours",
    "color": "colour",
    "favor": "favour",
    "behavior": "behaviour",
    "neighborhood": "neighbourhood",
    "licence": "license",
    "licences": "license",
    "fiber": "fibre",
    "liter": "litre",
    "meter": "metre",
    "plow": "plough",
    "tire": "tyre",
    "enrol": "enroll",
    "enrolment": "enrollment",
    "skillful": "skilful",
    "judgement": "judgment",
}
_KEPT = {
    "news", "series", "species", "always", "perhaps", "this", "his", "its", "was", "has", "does",
    "thing", "something", "anything", "everything", "nothing", "king", "ring", "spring", "string",
    "during", "evening", "morning", "ceiling", "wing", "bring", "need", "seed", "speed", "feed",
    "indeed", "hundred", "shed", "officer", "department", "apartment", "moment", "comment", "element",
    "cement", "document", "parliament", "united", "paris", "wales", "basis", "analysis", "crisis",
}  # fmt: skip
_ENDINGS = (
    ("isation", 4), ("ization", 4), ("ment", 4), ("ingly", 3), ("edly", 3), ("ing", 3),
    ("ied", 2), ("ed", 3), ("ise", 4), ("ize", 4), ("ly", 5),
)  # fmt: skip


class Word(NamedTuple):
    """One word: its stem, and where it stands in the text."""

    stem: str
    start: int
    end: int


def read_words(text: str) -> list[Word]:
    """Words of ``text`` in order. Accents, case, possessives and common endings are dropped."""
    found = []
    for match in _WORD.finditer(text[:LONGEST_READ]):
        raw = match.group()
        if len(raw) <= _LONGEST_WORD:
            found.append(Word(stem_of(raw), match.start(), match.end()))
    return found


def stems_of(text: str) -> list[str]:
    return [word.stem for word in read_words(text)]


def one_spelling(text: str) -> str:
    """``text`` in small letters, each word in the spelling that we use: *defense* is *defence*."""
    return " ".join(_SPELLINGS.get(word, word) for word in text.lower().split())


@lru_cache(maxsize=200_000)
def stem_of(raw: str) -> str:
    word = _plain(raw)
    if word[0].isdigit():
        return word.replace(",", "")
    word = _SPELLINGS.get(word, word)
    if len(word) <= 3 or word in _KEPT or not word.isascii():
        return word
    return _stem(word)


def _plain(raw: str) -> str:
    raw = _POSSESSIVE.sub("", raw)
    decomposed = unicodedata.normalize("NFKD", raw).casefold()
    kept = "".join(char for char in decomposed if not unicodedata.combining(char))
    return kept.replace("’", "").replace("'", "") or raw.casefold()


def _stem(word: str) -> str:
    word = _singular(word)
    if word in _KEPT or len(word) <= 3:
        return word
    if word.endswith("eed"):
        return word[:-1]
    for ending, least in _ENDINGS:
        root = word[: -len(ending)]
        if word.endswith(ending) and len(root) >= least and _VOWEL.search(root):
            return _tidy(root + "y" if ending == "ied" else root)
    return _tidy(word)


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _tidy(root: str) -> str:
    """Undouble a final consonant (``planned``), drop a final ``e``, and make ``y`` ``i``."""
    if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "aeioulsz":
        root = root[:-1]
    if len(root) > 3 and root.endswith("e") and not root.endswith("ee"):
        root = root[:-1]
    if len(root) > 2 and root.endswith("y"):
        root = root[:-1] + "i"
    return root
