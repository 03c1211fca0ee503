"""Who owes a promise: the subject of its sentence, or the party last named when the subject is *it* or *the company*."""

# ruff: noqa: E501  (a long pattern is easier to read on one line)

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_KINDS = (
    r"ministry|department|government|council|councils|company|companies|firm|firms|authority|agency|board|trust|charity|"
    r"university|universities|college|regulator|operator|operators|union|unions|bank|banks|institute|association|federation|"
    r"club|church|school|schools|hospital|hospitals|port|ports|county|city|town|state|assembly|parliament|commission|committee|"
    r"coastguard|police|army|navy|airline|airlines|railway|builder|builders|developer|developers|maker|makers|supplier|suppliers|"
    r"retailer|retailers|supermarket|supermarkets|grocers|farmers|growers|fishermen|museum|museums|theatre|broadcaster|"
    r"mill|mine|owner|owners|studio|group|giant|lender|insurer|insurers|utility|utilities|network|networks|publisher|publishers|"
    r"treasury|cabinet|ministers|minister|executives|directors|chair|chairman|chairwoman|chairperson|chief executive|mayor|"
    r"partners|parties|sides|signatories|members|landlords|landlord|employers|clubs|brewer|brewery|dairy|start-up|manufacturer|"
    r"manufacturers|laboratory|consortium|alliance|co-operative|cooperative|foundation|society|service|office|court|courts|"
    r"inspectors|councillors|officials|volunteers|friends|skippers|fleet|harbour|chain|shareholders|managers|trustees|engineers|staff|employers|pilots|doctors|nurses|teachers|vets|shipowner|shipowners|line|lines"
)
_NAME = re.compile(
    r"\b(?:[A-Z][\w’'&-]*[a-z0-9][\w’'&-]*|[A-Z]{2,}[\w-]*)(?:\s(?:of|for|and|de|the|&)\s(?=[A-Z])|\s(?=[A-Z]))?"
    r"(?:(?:[A-Z][\w’'&-]*)(?:\s(?:of|for|and|&)\s(?=[A-Z])|\s(?=[A-Z]))?)*"
)
_COMMON = re.compile(
    rf"\b(?:the|its|their|his|her|a|an|both|two|three|four|five|six|local|all|\w+['’]s?)\s(?:[\w’'-]+\s){{0,3}}?(?:{_KINDS})\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"^(?:it|they|he|she|we|i|this|that|both|each|the two|the pair|one|another|these|those|who|which)$", re.IGNORECASE
)
_BACK = re.compile(
    r"^(?:the|its|their) (?:company|firm|council|ministry|department|trust|charity|board|authority|group|union|club|agency|"
    r"owner|operator|university|bank|chair\w*|chief executive|minister|mayor|spokesm\w+|executives|directors|leader)$",
    re.IGNORECASE,
)
_JOINT = re.compile(
    r"\b(?:both(?: sides| parties)?|the two(?: sides| bodies| parties)?|the pair|each side|the partners|the parties|the signatories|jointly)\b",
    re.IGNORECASE,
)
_NOT_NAMES = re.compile(
    r"^(?:The|A|An|In|On|At|By|For|From|Under|After|Before|With|As|If|When|While|But|And|Or|It|Its|They|Their|He|She|His|Her|We|"
    r"This|That|These|Those|There|Here|No|Not|Nobody|All|Some|Most|Many|Few|Both|Each|Every|Two|Three|Four|Five|Six|Seven|Eight|"
    r"Nine|Ten|Twenty|Thirty|Forty|Fifty|Sixty|Half|One|Last|Next|New|Old|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|"
    r"January|February|March|April|May|June|July|August|September|October|November|December|Christmas|Easter|Commons|Mr|Mrs|Ms|"
    r"Dr|AI|CEO|MoU|NHS staff|Prime|Progress|Minutes|Work|Money|Target|Officials|Residents|Critics|Earlier|Also|Meanwhile|Separately|Instead|Local)$"
)
_SPOKE = re.compile(
    r"(?:,|[\"”])\s*(?P<who>[^,.\"”]{2,70}?),?\s(?:said|says|told|confirmed|promised|announced|added|pledged|insisted)\b"
    r"|(?:,|[\"”])\s*(?:said|says|according to|adds|added|reads|promised|confirmed)\s(?P<after>[^,.\"”]{2,70})"
)
# “The council said on Monday it” (would …): it is the council that speaks of itself.
_REPORTED = re.compile(
    r"(?P<who>[^,;:\"“”]{2,70}?),?\s(?:has |have |also )?(?:said|says|announced|confirmed|promised|pledged|insisted|added)\b"
    r"[^,;:\"“”]{0,40}?\s(?:that )?(?:it|they|he|she)$"
)
_OF_NAME = re.compile(
    r"(?P<name>[A-Z][\w’'&-]*(?:\s(?:of |for |and )?[A-Z][\w’'&-]*)*)['’]s?\s(?:[\w-]+\s){0,3}?(?:commitment|pledge|promise|undertaking|vow|offer|guarantee|plan|intention|aim|goal|target|part|share|half|side|agreement|charter|contribution)\b"
)
_COMMON_OF = re.compile(
    rf"(?P<name>(?:the )?(?:[\w-]+ ){{0,2}}(?:{_KINDS}))['’]s?\s(?:[\w-]+\s){{0,3}}?(?:commitment|pledge|promise|undertaking|vow|offer|guarantee|plan|intention|aim|goal|target|part|share|half|side|agreement|charter|contribution)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:(?:Under|In|As|For|On|At|By|With|After|Before|From|Within|During|If|When|While|Once|Until|Instead|Meanwhile|Separately|Also|But|And|So|Then)\b[^,]*,\s*"
    r"|(?:Under it|Under the \w+|In return|In exchange|In turn|For (?:its|their) part|As part of it|But|And|So|Then|Meanwhile|Also|Now)\s)+",
)  # fmt: skip


_ROLE = re.compile(
    r"\b(?:chair\w*|executives|chief executive|directors|spokes\w+|boss|president|leader|managers|owner|founder|"
    r"minister|ministers|secretary|officials)\b",
    re.IGNORECASE,
)
_STATE = re.compile(r"\b(?:minister|ministers|secretary|officials)\b", re.IGNORECASE)
_STATE_BODY = re.compile(r"\b(?:department|ministry|government|treasury|office)\b", re.IGNORECASE)
_PLACE_BEFORE = re.compile(
    r"\b(?:in|at|near|from|outside|to|across|beside|above|below|around|towards|of)\s$", re.IGNORECASE
)


_LONGEST = 50
_LONGEST_SUBJECT = 80


@dataclass
class Parties:
    """Parties as a reader meets them: who was named, and who was named last.

    ``proper`` are words that stand with a capital inside a sentence somewhere in the text: only those count as a
    name when they begin a sentence.
    """

    proper: frozenset[str] = frozenset()
    named: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def meet(self, sentence: str) -> None:
        for name in names_in(sentence, self.proper, places=False):
            self.named.append(name)
            self.counts[name] = self.counts.get(name, 0) + 1

    def last(self) -> str | None:
        return self.named[-1] if self.named else None

    def like(self, phrase: str) -> list[str]:
        """The party that a common noun means: *the council* is the council named last, *the minister* a ministry."""
        words = {word for word in re.findall(r"\w+", phrase.lower()) if re.fullmatch(_KINDS, word)}
        for name in reversed(self.named):
            if words & set(re.findall(r"\w+", name.lower())) and name.lower() != phrase.lower():
                return [name]
        if _STATE.search(phrase):
            return [name for name in reversed(self.named) if _STATE_BODY.search(name)][:1]
        return []

    def main(self, most: int = 2) -> list[str]:
        ordered = sorted(self.counts, key=lambda name: (-self.counts[name], self.named.index(name)))
        return ordered[:most]


def proper_words(sentences: Iterable[str]) -> frozenset[str]:
    found = set()
    for sentence in sentences:
        for match in re.finditer(r"(?<=[a-z,;)’'] )[A-Z][\w’'-]+", sentence):
            found.add(re.sub(r"['’]s?$", "", match.group()))
        first = re.match(r"[A-Z]\w*[A-Z]\w*", sentence)
        if first:
            found.add(first.group())
        opening = re.match(r"([A-Z][a-z’'-]+)\s([A-Z][\w’'-]+)", sentence)
        if opening and not _NOT_NAMES.match(opening.group(1)):
            found |= {opening.group(1), re.sub(r"['’]s?$", "", opening.group())}
    return frozenset(found)


def names_in(sentence: str, proper: frozenset[str] | None = None, *, places: bool = True) -> list[str]:
    """Organisations of a sentence in order: proper names, and bodies such as *the science department*."""
    found: list[tuple[int, str]] = []
    for match in _NAME.finditer(sentence):
        name = _trim(match.group())
        first_word = match.start() == 0 and " " not in name
        if first_word and proper is not None and name not in proper:
            continue
        if name and (places or not _PLACE_BEFORE.search(sentence[: match.start()])):
            found.append((match.start(), name))
    for match in _COMMON.finditer(sentence):
        words = re.sub(r"^(?:the|its|their|his|her|a|an)\s", "", match.group(), flags=re.IGNORECASE)
        if not any(start <= match.start() < start + len(name) for start, name in found) and " " in words:
            found.append((match.start(), words))
    return [name for _, name in sorted(found)]


def _trim(name: str) -> str:
    words = name.strip().split()
    while words and _NOT_NAMES.match(words[0]):
        words.pop(0)
    while words and (words[-1].islower() or words[-1] == "&"):
        words.pop()
    trimmed = re.sub(r"['’]s?$", "", " ".join(words))
    return trimmed if len(trimmed) > 2 or trimmed.isupper() and len(trimmed) > 1 else ""


def who_owes(sentence: str, cue_start: int, parties: Parties) -> list[str]:
    """Parties that owe what ``sentence`` promises, likeliest first: never more than three."""
    joint = _JOINT.search(sentence[: cue_start + 30])
    if joint:
        return _unique([joint.group(), *parties.main()])[:3]
    owner = _OF_NAME.search(sentence) or _COMMON_OF.search(sentence)
    if owner and not _NOT_NAMES.match(owner["name"].split()[0]):
        return _resolve(owner["name"], parties)[:3]
    subject = subject_of(sentence, cue_start)
    found = _resolve(subject, parties) if subject and can_promise(subject, parties.proper) else []
    speaker = _SPOKE.search(sentence)
    if not found and speaker:
        found = _resolve((speaker["who"] or speaker["after"] or "").strip(), parties)
    if not found:
        named = names_in(sentence[:cue_start], parties.proper, places=False)
        found = _unique([*named[-1:], *_maybe(parties.last()), *parties.main(1)])
    return found[:3]


def subject_of(sentence: str, cue_start: int) -> str:
    """The noun phrase before the cue, its clause's opening and trailing words dropped; of reported speech, who spoke."""
    before = _LEAD.sub("", sentence[:cue_start]).strip(' ,;:-–—"“')
    reported = _REPORTED.match(before)
    if reported:
        return reported["who"].strip(" ,")
    before = re.split(r"[;:]|\s(?:that|which|who|where|because|and then)\s", before)[-1].strip()
    before = re.split(r",\s", before)[0] if "," in before else before
    return re.sub(
        r"\s(?:has|have|had|also|now|said|says|itself|themselves|is|are|was|were|jointly|both)$", "", before
    ).strip()


def _resolve(name: str, parties: Parties) -> list[str]:
    plain = name.strip()
    if not plain:
        return []
    if _JOINT.search(plain):
        return _unique([plain, *parties.main()])
    if _PRONOUN.match(plain):
        return _unique([*_maybe(parties.last()), *parties.main(1)])
    named = names_in(plain, parties.proper)
    if len(plain) > _LONGEST:
        return _unique([*named[:2], *_maybe(parties.last())])
    if _BACK.match(plain) or _ROLE.search(plain):
        return _unique([plain, *named[:1], *parties.like(plain), *parties.main(1)])
    return (
        _unique([*named[:1], plain, *parties.like(plain)])
        if named
        else _unique([plain, *parties.like(plain), *_maybe(parties.last())])
    )


def can_promise(subject: str, proper: frozenset[str]) -> bool:
    """Whether a noun phrase can be somebody who promises: a pronoun, a body, or a proper name."""
    if _PRONOUN.match(subject) or re.search(rf"\b(?:{_KINDS})\b", subject, re.IGNORECASE):
        return len(subject) < _LONGEST_SUBJECT
    return bool(names_in(subject, proper)) and len(subject) < _LONGEST_SUBJECT


def _maybe(name: str | None) -> list[str]:
    return [name] if name else []


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for name in names if name))
