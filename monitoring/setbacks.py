"""The word that makes an item a possible setback. A flag for an editor's eye, never a status."""

# ruff: noqa: E501  (a long pattern is easier to read on one line)

import re

_WORDS = re.compile(
    r"\b(?:delay(?:s|ed|ing)?|postpone[ds]?|put(?:s)? (?:off|back|on ice|on hold)|pushed back|behind schedule|late|later than planned|"
    r"paus(?:e|es|ed)|halt(?:s|ed)?|suspend(?:s|ed)?|scrap(?:s|ped)?|cancel(?:s|led)?|ax(?:e|es|ed)|abandon(?:s|ed)?|"
    r"shelv(?:e|es|ed)|drop(?:s|ped)|withdraw[ns]?|withdrew|stall(?:s|ed)?|stuck|held up|holds up|slip(?:s|ped)|miss(?:es|ed)|"
    r"cut(?:s)?|halv(?:e|es|ed)|slash(?:es|ed)?|fewer|shortfall|overrun|over budget|overspen[dt]|fail(?:s|ed|ure|ures)?|faults?|"
    r"errors?|leak(?:s|ed)?|breach(?:es|ed)?|refus(?:e|es|ed|al)|reject(?:s|ed)?|block(?:s|ed)?|quash(?:es|ed)?|shut out|"
    r"(?:no|not) (?:yet|longer|customers|money|evidence|application)|at risk|in doubt|doubts?|doubted|struggl(?:e|es|ed|ing)|"
    r"clos(?:es|ed)|freez(?:e|es)|froze|frozen|ends? (?:early|trial|pilot)|gives? up|gave up|dries up|dried up|"
    r"criticis(?:e|es|ed|m)|warn(?:s|ed|ing)?|complain(?:s|ed)?|su(?:es|ed)|fire|died|killed|kills|lost|out of reach|asks? for (?:\w+ )?more)\b",
    re.IGNORECASE,
)


def find(*texts: str) -> str:
    """The first word or phrase that speaks of a setback, as it stands; empty when there is none."""
    for text in texts:
        match = _WORDS.search(text)
        if match:
            return match.group()
    return ""
