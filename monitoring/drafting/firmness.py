"""How firm the words are, and what is promised: the text after the cue."""

# ruff: noqa: E501  (a long pattern is easier to read on one line)

import re

from monitoring.drafting.cues import Cue
from monitoring.drafting.promising import Reading

_EXPLORE = re.compile(
    r"\b(?:explor\w*|consider\w*|look(?:s|ing)? (?:at|into)|examin\w*|study(?:ing)?|discuss\w*|identify|assess\w*|"
    r"investigat\w*|may|could|might|possib\w*|potential\w*)\b",
    re.IGNORECASE,
)
_ASPIRE = re.compile(
    r"\b(?:hopes?|hoping|aspir\w*|ambition\w*|vision|seeks?|seeking|strives?|dream\w*|wants?)\b", re.IGNORECASE
)
_INTEND = re.compile(
    r"\b(?:plan(?:s|ned|ning)?|intend\w*|intention\w*|aim\w*|goal\w*|target\w*|expects?|expected|proposes?|objective\w*|set to|due to)\b",
    re.IGNORECASE,
)
_ENDINGS = re.compile(r"[\s.;:!?\"”’]+$")


def firmness_of(sentence: str, reading: Reading) -> str:
    """exploratory, aspirational, intended or committed: the weakest word near the cue decides."""
    cue = reading.cue
    near = sentence[max(0, cue.start - 25) : cue.end + 40] if cue else sentence
    for pattern, name in ((_EXPLORE, "exploratory"), (_ASPIRE, "aspirational"), (_INTEND, "intended")):
        if pattern.search(near):
            return name
    return "committed"


def what_is_promised(sentence: str, cue: Cue | None) -> str:
    if cue is None or cue.kind in ("target without a verb", "scheduled present"):
        return _ENDINGS.sub("", sentence)
    last = cue.text.split()[-1]
    start = cue.end - len(last) if re.search(r"\b(?:will|shall|to|would)\b", cue.text, re.IGNORECASE) else cue.end
    rest = re.sub(r"^(?:to|that|:)\s", "", sentence[start:].strip())
    return _ENDINGS.sub("", rest or sentence)
