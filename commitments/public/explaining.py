"""The method page, made of the code's own definitions, so that words and rules cannot drift apart.

The evidence rules are not described here: `rules.refusals` itself is asked
about drafts that break them, and its answers are printed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from commitments import flags, rules
from commitments.public.selecting import BAND_LABELS
from commitments.public.summarising import BAR_ORDER
from commitments.status import (
    Act,
    Confirmation,
    Firmness,
    OutcomeReason,
    ReviewMode,
    Stance,
    Status,
    Tier,
    UnclearReason,
)

DAY = date(2026, 3, 2)
PROOF = rules.Proof("This evidence", Tier.T1, "story", "A register", DAY, Act.ACTION)
SOUND = rules.Draft(
    status=Status.IN_PROGRESS,
    effective_on=DAY,
    today=date(2026, 4, 1),
    reason="A reason.",
    proofs=(PROOF,),
    made_on=date(2026, 1, 5),
)
ANNOUNCED = replace(PROOF, act=Act.ANNOUNCEMENT)
# One draft for each way of breaking a rule.
BROKEN = (
    replace(SOUND, reason=""),
    replace(SOUND, proofs=()),
    replace(SOUND, proofs=(replace(PROOF, tier=Tier.T4),)),
    replace(SOUND, status=Status.NO_EVIDENCE),
    replace(SOUND, proofs=(replace(PROOF, published_on=date(2026, 3, 30)),)),
    replace(SOUND, proofs=(replace(PROOF, repeats_promise=True),)),
    replace(SOUND, proofs=(ANNOUNCED,)),
    replace(SOUND, status=Status.MET, proofs=(replace(PROOF, tier=Tier.T3),)),
    replace(SOUND, status=Status.ON_TRACK),
    replace(SOUND, status=Status.NOT_MET),
    replace(SOUND, status=Status.UNCLEAR),
    replace(SOUND, status=Status.NOT_YET_RATED, last_status=Status.IN_PROGRESS, last_effective_on=DAY),
    replace(SOUND, effective_on=date(2026, 5, 1)),
    replace(SOUND, effective_on=date(2026, 1, 1)),
    replace(SOUND, last_status=Status.NOT_STARTED, last_effective_on=date(2026, 3, 20)),
    replace(SOUND, effective_on=date(2999, 1, 1)),
)


@dataclass(frozen=True)
class Term:
    code: str
    label: str
    meaning: str = ""


def scale() -> list[tuple[str, list[Term]]]:
    """The status scale by band, in the order of the bar."""
    return [
        (label, [Term(s, s.label, s.definition.meaning) for s in BAR_ORDER if s.definition.band == band])
        for band, label in BAND_LABELS.items()
    ]


def refusals() -> dict[str, str]:
    """Each evidence rule by name, in the words an editor reads who breaks it."""
    return {refusal.rule: refusal.message for refusal in _all_refusals()}


def _all_refusals() -> Iterator[rules.Refusal]:
    for draft in BROKEN:
        yield from rules.refusals(draft)
    for address in ("javascript:alert(1)",):
        refusal = rules.url_refusal(address)
        if refusal:
            yield refusal
    quoted = rules.quote_refusal("Words that are not there.", "The stored text.")
    if quoted:
        yield quoted


def flag_terms() -> list[Term]:
    """The flags that are computed, with the windows that the code uses."""
    meanings = {
        "overdue": "Open, and its deadline has passed.",
        "due_soon": f"Open, and due within {flags.DUE_SOON_WINDOW.days} days.",
        "stale": f"Open, with no evidence, change or review for {flags.REVIEW_WINDOW.days} days.",
        "contested": "Good sources disagree on a point of it, or independent evidence contradicts it.",
        "changed_recently": f"Its status changed within the last {flags.CHANGED_RECENTLY_WINDOW.days} days.",
    }
    return [Term(name, label, meanings[name]) for name, label in flags.FLAG_LABELS.items()]


def vocabulary() -> list[tuple[str, list[Term]]]:
    """The other lists of words that the pages use."""
    lists = (
        ("How firm the words were", Firmness),
        ("Evidence tiers", Tier),
        ("What a piece of evidence shows", Act),
        ("Which way it points", Stance),
        ("Who confirmed a status", Confirmation),
        ("Why a promise counts as not met", OutcomeReason),
        ("Why a status is unclear", UnclearReason),
        ("How many people stand behind a change", ReviewMode),
    )
    return [(title, [Term(str(member), str(member.label)) for member in words]) for title, words in lists]


def grace_days() -> int:
    return rules.PUBLIC_BY_GRACE.days
