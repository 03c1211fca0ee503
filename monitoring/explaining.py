"""Why a match was made: a sentence, the words with their places, and what each named number adds."""

from dataclasses import dataclass
from typing import Any

from monitoring import comparing, placing, setbacks
from monitoring.matching import Match, Matcher
from monitoring.profiling import Profile
from monitoring.reading import Reading, Span

MOST_HITS = 12
_SMALL = 0.05
_TELLING = 0.25


@dataclass(frozen=True)
class Reason:
    """``hits`` hold field, start, end and text; ``shares`` add up to the log-odds above an empty item's."""

    sentence: str
    hits: list[dict[str, Any]]
    shares: dict[str, float]
    setback: str

    def as_json(self) -> dict[str, Any]:
        return {"sentence": self.sentence, "hits": self.hits, "shares": self.shares, "setback": self.setback}


def explain(match: Match, matcher: Matcher) -> Reason:
    reading = match.reading
    assert reading is not None
    index = matcher.place_of(match.commitment)
    profile, weights = matcher.comparer.profiles[index], matcher.comparer.weights[index]
    owners = _spans(reading, [f"b:{name}" for name in profile.owners])
    clause = placing.ask(profile.query, reading.word_places) if profile.query is not None else None
    subject = _subject(reading, weights, owners)
    away = _spans(reading, [f"p:{code}" for code in reading.places if code not in profile.home])
    hits = [_hit(reading, span, "owner") for span in owners]
    hits += [_hit(reading, span, "subject") for span in subject]
    hits += [_hit(reading, span, "query") for span in clause or ()]
    if match.features["foreign place"] > 0:
        hits += [_hit(reading, span, "foreign place") for span in away]
    against = _against(match, reading, away, profile)
    sentence = _sentence(match, reading, [*owners[:1], *subject[:4]], clause, against)
    return Reason(
        sentence, _once(hits)[:MOST_HITS], shares(match, matcher), setbacks.find(reading.title, reading.summary)
    )


def _subject(reading: Reading, weights: dict[str, float], owners: list[Span]) -> list[Span]:
    """Places of the words that count most, best first; the widest phrase at a place stands for all within it."""
    units = [unit for unit in reading.units if weights.get(unit, 0.0) > 0]
    worth = {unit: weights[unit] * reading.units[unit] for unit in units}
    least = _TELLING * max(worth.values(), default=0.0)
    everywhere = sorted({span for unit in units for span in reading.spans[unit]}, key=lambda s: s[0] - s[1])
    found: list[Span] = []
    for unit in sorted(units, key=lambda unit: -worth[unit]):
        for span in reading.spans[unit][:2] if worth[unit] >= least else ():
            widest = next(wide for wide in everywhere if wide[0] <= span[0] and span[1] <= wide[1])
            if not any(_overlap(widest, other) for other in (*found, *owners)):
                found.append(widest)
    return found[:8]


def _sentence(match: Match, reading: Reading, named: list[Span], clause: list[Span] | None, against: list[str]) -> str:
    words = [_words(reading, span) for span in named]
    parts = [f"names {_list(words)}" if words else "shares names with the commitment"]
    if clause:
        parts.append(f"meets the watch query by {_list([_words(reading, span) for span in clause[:3]])}")
    if match.second.get("like accepted", 0.0) > _SMALL:
        parts.append(f"is like what was accepted before, such as “{match.nearest.get('like accepted', '')}”")
    sentence = "; ".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}. Against: {'; '.join(against) or 'nothing'}."


def _against(match: Match, reading: Reading, away: list[Span], profile: Profile) -> list[str]:
    """What speaks against the match, the gravest first."""
    said = []
    if match.features["foreign place"] > 0 and away:
        said.append(f"names {_words(reading, away[0])} and no place of ours")
    if match.features["owner not named"] > 0:
        said.append(f"does not name {_list(sorted(profile.owners)[:2])}")
    elif match.features["a rival named"] > 0:
        said.append("is led by another company")
    elif match.features["another company"] > 0:
        said.append("names another body only")
    aside = _spans(reading, [f"a:{group}" for group in comparing.asides_of(profile, reading)])
    if aside:
        said.append(f"{_words(reading, aside[0])} is more often news of another kind")
    if match.second.get("like rejected", 0.0) > _SMALL:
        said.append(f"is like what was dismissed before, such as “{match.nearest.get('like rejected', '')}”")
    if match.second.get("beyond the next commitment", 0.0) < 0:
        said.append("fits another commitment better")
    return said


def shares(match: Match, matcher: Matcher) -> dict[str, float]:
    """What each named number adds to the log-odds: the first step's numbers through their share in the second."""
    model = matcher.model_of(match.commitment)
    second = model.second.shares([match.second[name] for name in model.second.names])
    alone = dict(zip(model.second.names, model.second.values, strict=True))["score alone"]
    scale = dict(zip(model.second.names, model.second.scales, strict=True))["score alone"]
    first = model.first.shares([match.features[name] for name in model.first.names])
    found = {name: value * alone / scale for name, value in first.items()}
    for name, value in second.items():
        if name != "score alone":
            found[name] = found.get(name, 0.0) + value
    return {name: round(value, 3) for name, value in found.items() if abs(value) >= _SMALL}


def _spans(reading: Reading, keys: list[str]) -> list[Span]:
    found: list[Span] = []
    for key in keys:
        for span in reading.spans.get(key, ()):
            if not any(_overlap(span, other) for other in found):
                found.append(span)
    return found


def _overlap(a: Span, b: Span) -> bool:
    return a[0] <= b[1] and b[0] <= a[1]


def _hit(reading: Reading, span: Span, why: str) -> dict[str, Any]:
    return {**reading.hit(span), "why": why}


def _words(reading: Reading, span: Span) -> str:
    return f"“{reading.hit(span)['text']}”"


def _list(words: list[str], joiner: str = ", ") -> str:
    told = [f" {word.strip('“”')} " for word in words]
    unique = [
        word
        for word, own in dict(zip(words, told, strict=True)).items()
        if sum(own in other for other in set(told)) < 2
    ]
    return joiner.join(unique[:-1]) + (" and " if len(unique) > 1 else "") + unique[-1] if unique else ""


def _once(hits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One hit a place: a later reason for words that are already marked is left out."""
    kept: list[dict[str, Any]] = []
    for hit in hits:
        if not any(h["field"] == hit["field"] and h["start"] < hit["end"] and hit["start"] < h["end"] for h in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: (hit["field"] != "title", hit["start"]))
