"""Words of a sentence that make a promise, and words that unmake one.

Each class is one named cue; ``promising`` weighs them. The lexicon is general English, no agreement's own words.
"""

# ruff: noqa: E501  (a long pattern is easier to read on one line)

import re
from collections.abc import Iterable
from dataclasses import dataclass

_ADVERB = r"(?:\s(?:also|now|soon|first|then|both|jointly|itself|themselves|formally|further|again|eventually|initially|still|each|all|together|at last|in turn|\w+ly))?"
_WILL = rf"(?:will|shall|['’]ll){_ADVERB}"


@dataclass(frozen=True)
class Cue:
    """One cue found: its class, the words, where they stand, and the firmness they carry."""

    kind: str
    text: str
    start: int
    end: int


_PROMISE = {
    "will": rf"\b{_WILL}\s(?!not\b|never\b)\w+",
    "would as reported": r"\b(?:said|says|told|announced|confirmed|promised|pledged|added|insisted|wrote|stated|agreed)\b[^.;]*?\b(?:would|will)\s(?!not\b|never\b|have\b)\w+",
    "is to": r"\b(?:is|are|was|were) (?:also |now |both |all )?to (?!blame\b|date\b)(?:be )?\w+|\b(?:is|are) (?:now )?(?:going|set|due|about|bound|obliged|contracted) to \w+",
    "pledge": r"\b(?:undertakes?|undertook|undertaken|pledg(?:e|es|ed|ing)|promis(?:e|es|ed|ing)|commit(?:s|ted|ting)?|vow(?:s|ed)?|guarantee(?:s|d)?|swore|sworn)\b(?=\s(?:to|that|[£$€\d]|a\b|an\b|the\b|all\b|its\b|their\b|up\b|not\b|in\b|more\b|full\b|free\b|at\b|itself\b|themselves\b|every\b|no\b|further\b|money\b|half\b|another\b|\w+ing\b|(?!is\b|was\b|has\b|does\b|this\b|his\b)\w+s\b|last \w+ to\b|yesterday to\b|on \w+ to\b))",
    "agree": r"\b(?:has |have |had )?(?:jointly |both |also )?(?:agree[sd]?|consent(?:s|ed)|accept(?:s|ed)? a (?:duty|target|deadline)|sign(?:s|ed) up|resolved|decided|opted|chosen|volunteered|offers?|offered)\s(?:to\s\w+|that\b)",
    "money set aside": r"\b(?:sets?|put|puts|setting|has set|have set)\s(?:[^.;,]{0,40}\s)?aside\b|\b(?:earmark(?:s|ed)|ring-?fenc(?:es|ed)|allocat(?:es|ed)|budget(?:s|ed) (?:for|to)|put(?:s|ting)? up [£$€\d])",
    "plan": r"\b(?:plans?|planned|planning|intends?|intended|aims?|aimed|aiming|means|meant|proposes?|proposed|seeks?|seeking|expects?|hopes?|hoping|wants?|prepar(?:es|ed|ing)|looks?|looking|targets?|targeting)\s(?:to|at \w+ing)\s\w+|\bhas its sights on\b",
    "promise as a noun": r"\b(?:commitment|pledge|promise|undertaking|vow|guarantee|assurance|obligation|duty|offer|agreement|decision|resolve)s?\s(?:to\s(?:\w+ly\s)?(?!date\b|the\b|their\b|its\b|a\b)\w+|that\b|of\s(?:\w+\s){0,4}?by\b|of\s[£$€]?\d)",
    "plan as a noun": r"\b(?:plan|intention|aim|ambition|goal|target|objective|deadline|timetable|strategy|proposal|scheme|programme|roadmap)s?\s(?:(?:is|are|remains|stands)\s)?(?:to\s(?!date\b)\w+|for\s|of\s|at\s[£$€]?\d|:\s)|\b(?:goal|target|aim|ambition|objective)s?\s(?:is|are|remains?)\s(?:an?\b|the\b|now\b|nothing\b|[£$€]?\d|half\b|zero\b|\w+ing\b)",
    "own part": r"\b(?:part|half|side|share|end|contribution|answer)(?:\s(?:of|in)\s(?:the|it|this|that|an?)\b|:)|\bown (?:target|goal|deadline|pledge|promise)\b|\b(?:given?|gave|giving) (?:its|their|his|her) word (?:to|that)\b|\bfor (?:its|their|his|her) part\b|\bin (?:return|exchange)\b(?! for\b)",
    "as the text says": r"\b(?:says|reads|states|stipulates|according to|writes?|in line with)\s(?:[\w’']+\s){0,5}?(?:charter|accord|undertaking|letter of intent|pact|deal|agreement|pledge|memorandum|text|annex|contract|plan|strategy|document|treaty)\b|\b(?:charter|accord|undertaking|pact|deal|agreement|memorandum|contract|treaty|plan|strategy|programme|partnership|initiative)\s(?:also )?(?:says|reads|states|stipulates|provides|includes|obliges|commits|covers|sets out|has|gives)\b",
    "bound": r"\b(?:binds?|bound|obliges?|obliged|requires? (?:it|itself|the company|the council)|ties|tied|commits?)\s(?:it|itself|them|themselves|the \w+|both|each|him|her)\s(?:\w+\s)?to\b|\b(?:is|are) (?:now |also |legally )?(?:bound|obliged|required|committed|pledged|sworn) (?:by [\w’' ]{1,40}?)?to\b|\bunder (?:the|an?|its|their) (?:agreement|deal|pact|accord|terms|contract|memorandum|plan|charter)\b",
}
_SCHEDULED = re.compile(
    r"\b(?:opens?|starts?|begins?|joins?|arrives?|closes?|ends?|doubles?|triples?|rises?|falls?|goes|go|moves?|follows?|launch(?:es)?|"
    r"switch(?:es)?|gets?|receives?|takes? (?:over|effect|on|up)|comes?|come|becomes?|reach(?:es)?|runs?|leaves?|disappears?|"
    r"stops?|drops?|adds?|hands?|returns?|lands?|builds?|buys?|pays?|hires?|recruits?|delivers?|publish(?:es)?|replaces?|"
    r"expands?|cuts?|halves?|finish(?:es)?|completes?|installs?|plants?|trains?|converts?|connects?|funds?|puts?|reports?|"
    r"meets?|sits?|loses?|gains?|grows?|extends?|shuts?|retires?|ships?|sails?|enters?|makes?|serves?|restores?|repays?|gives? up|lends?|"
    r"(?:is|are) (?:laid|built|cut|paid|sent|down for|pencilled in|opened|closed|replaced|published|delivered|planted|trained|handed over))\b",
    re.IGNORECASE,
)
_VETO = {
    "quotation": r"^[\"“‘'].*[\"”’'](?:[,.]?\s*(?:said|says|added|asked|wrote|according|warned|joked|told)\b.*|\.?)$",
    "critic": r"\b(?:critics?|campaigners?|opponents?|opposition|sceptics?|skeptics?|protesters?|rivals?|commentators?|columnists?|cynics?|detractors?|watchdogs?|think-?tank|pressure groups?|neighbours?|residents?|villagers?|unions?|shopkeepers?)\b[^.]*\b(?:say|says|said|fear|fears|feared|doubt|doubts|doubted|warn|warns|warned|argue|argues|argued|think|thinks|thought|complain\w*|ask|asks|asked|called|call|believe\w*|hope\w*|want|wants|wanted|claim\w*|worry|worried|expect\w*)\b",
    "forecast": r"\b(?:fears?|feared|hopes?|hoped|believes?|believed|thinks?|suspects?|worr(?:y|ies)|expects?|doubts?|reckon) (?:that )?(?:the|it|they|its|their|this|he|she|\w+s)\b[^.]*\b(?:will|would)\b|\b(?:analysts?|economists?|forecasters?|experts?|pundits?|bankers?|observers?|modellers?|consultants?)\b|\b(?:predict\w*|forecasts?|forecasted|estimat\w*|projected|projections?|reckons?|reckoned|likely|unlikely|probably|is expected|are expected|was expected|it is thought|if trends)\b",
    "demand": r"\b(?:must|should|ought to|needs? to|has to|have to|had to|calls? (?:for|on)|called (?:for|on)|urges?|urged|demands?|demanded|insists? that|pressed|pressing|wants? (?:the|ministers|government)|asked (?:for|the|ministers|it)|recommends?|recommended|petition\w*|let us|it is time)\b",
    "possibility": r"\b(?:(?-i:may)|might|could|can|perhaps|possibly|maybe|would like|would need|would cost|would mean|would be|whether|conceivably|hint(?:s|ed)|mooted|mulls?|mulling|considering|in talks|rumou?r\w*|speculat\w*)\b",
    "denial": r"\b(?:will|would|does|do|did|has|have|is|are|was|were|could) not\b|n['’]t\b|\b(?:no (?:promise|pledge|plans?|commitment|date|deadline|money|fine|word|guarantee|penalty|timetable|figure)|nobody|none of|neither|nothing|without (?:promising|saying|a)|stopped short|stops short|refus\w+|declin\w+|ruled out|rules out|reject\w+|never|failed to|fell short|not (?:bound|binding|legally|to be|yet|part|a promise|one)|silent on)\b",
    "doubt": r"\b(?:surely|no doubt|doubtless|supposedly|so-called|if ever|remains to be seen|time will tell|will tell|who knows|wait and see|hard to|difficult to|question is|anyone's guess)\b",
    "past promise": r"\b(?:promises?|pledges?|vows?|commitments?|targets?|plans?|goals?|deadlines?)\b[^.;]{0,40}\b(?:was|were|been|had|forgotten|broken|missed|kept|dropped|abandoned|came to|lapsed|fail\w*|scrapped|shelved|made|met)\b|\b(?:old|earlier|previous|past|broken|empty|last year's|former) (?:promises?|pledges?|plans?|targets?|commitments?)\b|\b(?:once|had) (?:promised|pledged|planned|intended|agreed|vowed|hoped|aimed)\b|\b(?:promised|pledged|planned|agreed|intended|vowed) (?:in|back in|as long ago as) (?:19|20)\d\d\b",
    "false friend": r"\bwill(?:\s\w+ly)? (?:be (?:remembered|seen|asked|judged|felt|watched|missed|forgiven|known|heard|welcome[d]?|hard|easy|difficult|able|tempted|glad|sorry|hoping|looking|interesting|enough|no\b|an? (?:test|challenge|relief|blow|shock|surprise|question|matter))|mean|mean[st]|depend|need|matter|tell|know|feel|find|face|suffer|struggle|remember|welcome|wonder|prove|notice|argue|decide|hope|like|want|please|worry|understand|recall|see (?:whether|if|how|what|that|more|an?)|hear|believe|judge|adapt|get used|regret|shrug|disagree|recognise|take (?:time|years|months|some)|cost|require|remain)\b|\b(?:seeks?|aims?|aimed|means?|meant|seeking|aiming|tries|strives?) to (?:balance|be|reflect|answer|show|explain|understand|address|capture|please|strike|tell|say|make sense)\b|\b(?:free will|goodwill|good will|will of|at will|the will|last will|a will|his will|her will|willing)\b|\bpromising\b(?! to)|\bplan[st]? (?:for|of) (?:action|attack|the (?:town|site|building))\b|\bcompromis|\b(?:is|are) to (?:blame|be (?:found|seen|had|expected|hoped|admired|praised|welcomed|blamed|pitied|congratulated|feared|believed|applauded|regretted))\b|\b(?:bids? to|used to|prone to|said to be|thought to be|known to|close to|subject to|likely to)\b",
    "rhetoric": r"\b(?:underscor\w+|underlin\w+|signals?|signall?ed|reflects?|reflecting|demonstrat\w+|highlight\w+|mark(?:s|ed|ing) (?:a|an|the)|testament|milestone|landmark|turning point|significant step|decisive step|major step|positions?|poised|emphasi[sz]\w+|cement\w*|showcas\w+|embod\w+|represents?|is seen as|are seen as|is viewed as|vision for)\b",
    "effect": r"\b(?:bills?|prices?|costs?|rents?|fares?|taxes|traffic|temperatures?|demand|supply|unemployment|inflation|queues?|waits?|crime|emissions|pollution|profits?|shares?|sales|noise|rain|snow|winds?|floods?|tides?|weather|history|voters?|passengers|commuters|drivers|customers|readers|shoppers|pupils|children|anyone|everyone|people|many|some|few|most|it all|that|this|which|who|what|questions?|doubts?|tests?|answers?|winners?|losers?)\s(?:will|would|are to|is to|are going to)\b",
    "timetable": r"(?<!before the )(?<!before its )\b(?:summit|meeting|conference|hearing|debate|inquiry|election|vote|ballot|talks|festival|match|fair|exhibition|session|ceremony|trial|court case|next (?:meeting|round|hearing|debate))\b[^.,;]{0,40}\b(?:is|are|ends?|begins?|starts?|opens?|takes? place|will be held|resumes?|will (?:end|begin|start|open|take place|resume))\b",
    "done": r"^(?!.*\b(?:will|to|would|by)\b).*\b(?:was|were|had|has been|have been|opened|closed|began|rose|fell|came|went|paid|built|bought|sold|met|won|lost|took|gave|spoke|ended|left|grew|cost)\b",
}
_PROMISE_PATTERNS = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _PROMISE.items()}
_VETO_PATTERNS = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _VETO.items()}
_OWN_WORDS = re.compile(
    r"[\"“‘'][^\"”]*\b(?:we|I)(?:\s(?:will|shall|are going to|have agreed to|promise|pledge|undertake|commit)|['’]ll)\b",
    re.IGNORECASE,
)
_WEAK = re.compile(
    r"\b(?:explor\w*|consider\w*|look(?:ing)? (?:at|into)|study(?:ing)?|examin\w*|seek\w*|hop\w+ to|discuss\w*|talks?|review\w*|work towards|in principle|try to|aspir\w*|ambition)\b",
    re.IGNORECASE,
)

PROMISES = tuple(_PROMISE)
VETOES = tuple(_VETO)


def find_promises(sentence: str) -> list[Cue]:
    return list(_find(_PROMISE_PATTERNS, sentence))


def find_vetoes(sentence: str) -> list[Cue]:
    """Vetoes, with a quotation pardoned when a speaker promises in the first person."""
    found = list(_find(_VETO_PATTERNS, sentence))
    if speaks_for_itself(sentence):
        found = [cue for cue in found if cue.kind != "quotation"]
    return found


def speaks_for_itself(sentence: str) -> bool:
    return _OWN_WORDS.search(sentence) is not None


def find_schedule(sentence: str) -> Cue | None:
    """A verb in the present, for *Sixty more drivers join by September*; it counts only beside a deadline."""
    match = _SCHEDULED.search(sentence)
    return Cue("scheduled present", match.group(), match.start(), match.end()) if match else None


_RECURRING = re.compile(
    r"\b(?:every|each) (?:year|month|week|quarter|day|spring|summer|autumn|winter|term)\b|\b(?:before|until|by the time|as soon as|once) "
    r"(?:the|its|their|any|a) (?:\w+ ){1,3}(?:opens?|starts?|begins?|ends?|rolls?|is|are|goes|leaves|arrives?)\b|"
    r"\bonce (?:\w+ ){1,3}arrives?\b|\bfrom the \w+ term\b|\bin month \w+\b|"
    r"\bin (?:January|February|March|April|May|June|July|August|September|October|November|December)\b(?! (?:19|20)\d\d)",
    re.IGNORECASE,
)


def find_occasion(sentence: str) -> Cue | None:
    """*every winter* or *before the season opens*: an occasion that makes a verb in the present a promise."""
    match = _RECURRING.search(sentence)
    return Cue("occasion", match.group(), match.start(), match.end()) if match else None


def find_weakness(sentence: str) -> Cue | None:
    match = _WEAK.search(sentence)
    return Cue("weak wording", match.group(), match.start(), match.end()) if match else None


def _find(patterns: dict[str, re.Pattern[str]], sentence: str) -> Iterable[Cue]:
    for kind, pattern in patterns.items():
        match = pattern.search(sentence)
        if match:
            yield Cue(kind, match.group(), match.start(), match.end())
