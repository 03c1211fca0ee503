"""What a card proposes before an editor has read it: stance and act, from the item's own words. Only a default."""

# ruff: noqa: E501  (a long pattern is easier to read on one line)

import re

from commitments.status import Act, Stance

_MEASURED = re.compile(
    r"\b(?:figures?|statistics|survey|audit|report(?:s|ed)?|data show|per cent|percent|%|passes|reach(?:es|ed)|total|average|"
    r"number of|count|record(?:s)? show|published the)\b",
    re.IGNORECASE,
)
_ACTED = re.compile(
    r"\b(?:opens?|opened|begins?|began|starts?|started|sign(?:s|ed)|buys?|bought|award(?:s|ed)|launch(?:es|ed)|built|"
    r"builds|deliver(?:s|ed)|install(?:s|ed)|hire[sd]?|recruits|rolled out|switched on|goes live|in use|contract|lease[sd]?|"
    r"complete[sd]?|arrive[sd]?|move[sd]? in|joins?|joined|doubles?|doubled|pays?|paid|granted|approved)\b",
    re.IGNORECASE,
)
_COMMENT = re.compile(
    r"\b(?:opinion|column|explain(?:s|ed|er)|guide|interview|what we know|inside|why|how|review|analysis|podcast|letters?|"
    r"campaigners|critics|call(?:s|ed) for|visit)\b",
    re.IGNORECASE,
)


def propose(title: str, summary: str, setback: str) -> tuple[str, str]:
    """(stance, act) to fill in the accept form."""
    stance = Stance.NO_PROGRESS if setback else Stance.SUPPORTS
    if _COMMENT.search(title):
        return (stance if setback else Stance.CONTEXT), Act.CONTEXT
    if _MEASURED.search(title):
        return stance, Act.MEASUREMENT
    if _ACTED.search(title) or _ACTED.search(summary[:200]):
        return stance, Act.ACTION
    return stance, Act.ANNOUNCEMENT
