"""Deadlines and quantities in a sentence, word for word, and the date that a deadline means."""

# ruff: noqa: E501  (a long pattern is easier to read on one line)

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTH = "(?-i:" + "|".join(_MONTHS) + ")"
_SEASON = r"(?:spring|summer|autumn|winter)"
_COUNT = r"(?:\d+|a|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|eighteen|twenty)"
_YEAR = r"(?:19|20)\d\d"
_FEAST = r"(?:Christmas|Easter|New Year|Michaelmas|the new year|the general election|the next (?:general )?election)"
_WHEN = (
    rf"(?:(?:the )?(?:very )?(?:end|start|beginning|middle|close|turn) of (?:the |this |next )?"
    rf"(?:decade|century|year|month|summer|winter|spring|autumn|parliament|term|{_MONTH}(?: {_YEAR})?|{_YEAR})"
    rf"|(?:the )?(?:first|second|third|fourth|last|final) (?:quarter|half|week|month|day) of (?:the )?(?:next year|this year|year|{_MONTH}|{_YEAR})"
    rf"|(?:early |late |mid-|the (?:spring|summer|autumn|winter) of )?(?:\d{{1,2}} )?{_MONTH}(?: \d{{1,2}},?)?(?: {_YEAR}| next year| this year)?"
    rf"|(?:early |late |mid-|the )?{_SEASON}(?: of)? (?:{_YEAR}|next year)"
    rf"|(?:early |late |mid-|the )?{_YEAR}(?:[-–/]\d\d)?"
    rf"|(?:next|this|the coming|the following|the next) (?:year|month|week|{_SEASON}|{_MONTH}|decade|term|parliament|school year|financial year|quarter)"
    rf"|{_FEAST}(?: {_YEAR}| next year)?|the decade['’]?s end|the year['’]?s end|year-end|(?:the )?{_SEASON}|then"
    r"|(?:the )?(?:coming|new) (?:year|season|term|school year))"
)
_SPAN = (
    rf"(?:the )?(?:next |coming |first )?{_COUNT}(?:[ -](?:and a half|to {_COUNT}))? (?:years?|months?|weeks?|days?|decades?|hours?)"
    r"(?:['’] time)?"
)
_DEADLINE = re.compile(
    rf"\b(?:(?:by|before|until|till|no later than|not later than|from|in|during|at|on|as of|starting|beginning|for|throughout|after|since)"
    rf" (?:and )?{_WHEN}"
    rf"|(?:within|over|inside|in|for|after) {_SPAN}(?: of [\w' -]+?(?=[,.;]|$))?"
    rf"|(?:between {_YEAR} and {_YEAR})"
    rf"|(?:later )?(?:next|this|later this|early next|late next|late this|the following) (?:year|month|week|decade|{_SEASON}|{_MONTH}|term|parliament))\b",
    re.IGNORECASE,
)
_NOT_ALONE = re.compile(
    r"^(?:since|at|on|after|for|in|during|from) (?:then|(?:the )?(?:spring|summer|autumn|winter)|may)$", re.IGNORECASE
)
_PAST = re.compile(r"^(?:since|last)\b", re.IGNORECASE)
_DONE_BEFORE = re.compile(
    r"\b(?:opened|founded|signed|announced|established|launched|created|set up|began|begun|born|built|closed|made|published|"
    r"agreed|promised|was|were)(?: \w+){0,2} $",
    re.IGNORECASE,
)
_RANK = (
    re.compile(r"^(?:by|before|until|till|no later|not later|within|inside)", re.IGNORECASE),
    re.compile(
        r"^(?:in|over|from|between|at|next|this|later|early|late|during|starting|beginning|as of|for)", re.IGNORECASE
    ),
)

_UNIT = (
    r"per cent|percent|%|tonnes?|kilometres?|km|miles?|metres?|hectares?|acres?|megawatts?|gigawatts?|MW|GW|hours?|"
    r"homes|places|people|jobs|pounds|euros|dollars|litres?|square (?:feet|metres)"
)
_NUMBER = r"\d[\d,]*(?:\.\d+)?(?:\s?(?:million|billion|trillion|thousand|hundred|bn|tn|m|k|x)\b)?"
_WORDED = (
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|"
    r"eighty|ninety|a hundred|half|a third|a quarter|two thirds|double|twice|dozens?|a dozen)"
)
_OFTEN = re.compile(
    r"\b(?:every|each) (?:year|month|week|quarter|day|term|spring|summer|autumn|winter|" + "|".join(_MONTHS) + r")\b"
    r"|\b(?:once|twice|three times) (?:a|each|every) (?:year|month|week|quarter|day)\b|\b(?:annually|monthly|quarterly|weekly)\b",
    re.IGNORECASE,
)
_QUANTITY = re.compile(
    rf"(?:(?:all|about|some|nearly|almost|at least|up to|more than|over|a further|another)\s)?"
    rf"(?:[£$€]\s?{_NUMBER}|\b{_NUMBER}(?:\s(?:{_UNIT})\b|%)?|\b{_WORDED}\b(?:[ -](?:million|billion|thousand|hundred))?)",
    re.IGNORECASE,
)


_UNTIL_EVENT = re.compile(
    r"\b(?:before (?:the|its|any|a) [^,.;:]{3,60}|(?:in|during) (?:the|its|their) (?:first|second|third) (?:year|term|season))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Deadline:
    """``text`` as it stands in the sentence; ``on`` and ``precision`` when a date can be worked out."""

    text: str
    on: date | None = None
    precision: str = ""


def find_deadline(sentence: str, written_on: date | None = None) -> Deadline | None:
    """The deadline of a promise: words such as *by 2030* beat *in May*, later in the sentence beats earlier."""
    found = [match for match in _DEADLINE.finditer(sentence) if _looks_ahead(match, sentence, written_on)]
    if not found:
        return None
    best = min(found, key=lambda match: (_rank(match.group()), -match.start()))
    on, precision = _work_out(best.group(), written_on)
    return Deadline(best.group(), on, precision)


_SOMETIME = re.compile(
    r"\b(?:in (?:January|February|March|April|May|June|July|August|September|October|November|December)|"
    r"from the \w+ term|in month \w+)\b"
)


def find_undated(sentence: str) -> Deadline | None:
    """Without a date: what a promise waits for (*before the line opens*) or how often it falls due (*every year*)."""
    found = _UNTIL_EVENT.search(sentence) or _OFTEN.search(sentence) or _SOMETIME.search(sentence)
    return Deadline(found.group()) if found else None


def _looks_ahead(match: re.Match[str], sentence: str, written_on: date | None) -> bool:
    """Not *opened in 2023*, not *since May*, not a year that was over when the text was written."""
    text = match.group()
    if _NOT_ALONE.match(text) or _is_past(text, written_on) or re.match(r"on \d", text):
        return False
    on, precision = _work_out(text, written_on)
    if on is not None and written_on is not None and on < written_on and precision == "day":
        return False
    return not (text[:2].lower() in ("in", "on") and _DONE_BEFORE.search(sentence[: match.start()]))


def find_quantities(sentence: str, deadline: str = "") -> list[str]:
    """Numbers with their units, and how often; the digits of the deadline are left out."""
    rest = sentence.replace(deadline, " " * len(deadline)) if deadline else sentence
    often = [match.group() for match in _OFTEN.finditer(rest)]
    numbers = [match.group().strip() for match in _QUANTITY.finditer(rest)]
    return often + [number for number in numbers if not _bare_year(number, sentence)]


def _bare_year(number: str, sentence: str) -> bool:
    year = re.fullmatch(r"(?:19|20)\d\d", number)
    return bool(year and re.search(rf"\b(?:in|since|by|from|until|before|of|after|and|{_MONTH}) {number}\b", sentence))


def _is_past(text: str, written_on: date | None) -> bool:
    if _PAST.match(text):
        return True
    years = [int(year) for year in re.findall(_YEAR, text)]
    return bool(years and written_on and max(years) < written_on.year)


def _rank(text: str) -> int:
    for rank, pattern in enumerate(_RANK):
        if pattern.match(text):
            return rank
    return len(_RANK)


def _work_out(text: str, written_on: date | None) -> tuple[date | None, str]:
    """The last day that the words allow, and how precise they are: day, month, quarter or year."""
    year = re.search(_YEAR, text)
    month = re.search(_MONTH, text, re.IGNORECASE)
    day = re.search(rf"\b(\d{{1,2}}) {_MONTH}|{_MONTH} (\d{{1,2}})\b", text, re.IGNORECASE)
    before = -1 if re.match(r"before", text, re.IGNORECASE) else 0
    if year and month:
        return _in_month(int(year.group()), month.group(), day)
    if year:
        if re.search(r"end of the decade", text, re.IGNORECASE):
            return date(int(year.group()), 12, 31), "year"
        return date(int(year.group()) + before, 12, 31), "year"
    if written_on is None:
        return None, ""
    if month:
        ahead = _MONTHS.index(month.group().capitalize()) + 1 < written_on.month or "next year" in text.lower()
        return _in_month(written_on.year + (1 if ahead else 0), month.group(), day)
    return _relative(text.lower(), written_on)


def _in_month(year: int, month: str, day: re.Match[str] | None) -> tuple[date, str]:
    number = _MONTHS.index(month.capitalize()) + 1
    if day and 1 <= int(day.group(1) or day.group(2)) <= monthrange(year, number)[1]:
        return date(year, number, int(day.group(1) or day.group(2))), "day"
    return date(year, number, monthrange(year, number)[1]), "month"


_COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
           "ten": 10, "twelve": 12, "fifteen": 15, "eighteen": 18, "twenty": 20}  # fmt: skip


def _relative(text: str, written_on: date) -> tuple[date | None, str]:
    span = re.search(rf"({_COUNT})(?: and a half)? (year|month)", text)
    if span:
        count = int(span.group(1)) if span.group(1).isdigit() else _COUNTS[span.group(1)]
        months = count * 12 if span.group(2) == "year" else count
        total = written_on.year * 12 + written_on.month - 1 + months
        return date(total // 12, total % 12 + 1, monthrange(total // 12, total % 12 + 1)[1]), "month"
    if "decade" in text:
        return date(written_on.year // 10 * 10 + 9, 12, 31), "year"
    if "next year" in text:
        return date(written_on.year + 1, 12, 31), "year"
    if "year" in text and re.search(r"this|end|close", text):
        return date(written_on.year, 12, 31), "year"
    if "month" in text:
        following = written_on.month % 12 + 1
        year = written_on.year + (written_on.month == 12)
        return date(year, following, monthrange(year, following)[1]), "month"
    return None, ""
