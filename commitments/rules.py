"""The evidence rules, each once: plain values in, refusals out.

Forms, importers, the seeding and the API all call `refusals`; the rules that
must never break stand as constraints on `StatusChange` too. Nothing here reads
the clock or the database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlsplit

from commitments.status import CLAIMS_ACTION, NEEDS_DEADLINE_OR_TARGET, Act, Confirmation, Status, Tier

# A change is judged on what was public at its date; two weeks allow for the
# time between an event and the report of it.
PUBLIC_BY_GRACE = timedelta(days=14)
EARLIEST_DATE = date(1900, 1, 1)
LATEST_DATE = date(2199, 12, 31)


@dataclass(frozen=True)
class Proof:
    """One piece of evidence as the rules see it.

    `origin` names the story it tells: copies of one story share it and count
    once. `repeats_promise` marks the document that contains the promise.
    """

    ref: str
    tier: str
    origin: str
    publisher: str
    published_on: date
    act: str = Act.CONTEXT
    repeats_promise: bool = False


@dataclass(frozen=True)
class Draft:
    """A status change before it is published.

    `last_status` and `last_effective_on` describe the change it follows, None
    when it is the first. `replaces` is true when it corrects that very change.
    """

    status: str
    effective_on: date
    today: date
    reason: str
    proofs: Sequence[Proof] = field(default_factory=tuple)
    made_on: date | None = None
    has_deadline_or_target: bool = False
    has_search_record: bool = False
    last_status: str | None = None
    last_effective_on: date | None = None
    is_correction: bool = False
    outcome_reason: str = ""
    unclear_reason: str = ""
    settled_by: str = ""


@dataclass(frozen=True)
class Refusal:
    """A broken rule: its stable name, and what to do about it in plain words."""

    rule: str
    message: str
    field: str = ""

    def __str__(self) -> str:
        return f"{self.message} [{self.rule}]"


@dataclass(frozen=True)
class Weight:
    """Independent origins per tier; what the closing rule and the constraints count."""

    t1: int
    t2: int
    t3: int
    t4: int

    @property
    def supports_a_status(self) -> bool:
        return bool(self.t1 or self.t2 or self.t3)

    @property
    def supports_closing(self) -> bool:
        return self.t1 >= 1 or (self.t2 >= 1 and self.t3 >= 1) or self.t3 >= 2


def weigh(proofs: Iterable[Proof]) -> Weight:
    """Count independent origins by tier; one story or one publisher counts once.

    An origin told in several tiers counts in its best one. Two T3 pieces by one
    publisher are one voice, however many stories it ran.
    """
    best: dict[str, Proof] = {}
    for proof in proofs:
        known = best.get(proof.origin)
        if known is None or proof.tier < known.tier:
            best[proof.origin] = proof
    voices = {tier: {_voice(p) for p in best.values() if p.tier == tier} for tier in Tier.values}
    return Weight(*(len(voices[tier]) for tier in (Tier.T1, Tier.T2, Tier.T3, Tier.T4)))


def confirmation(status: str, weight: Weight) -> Confirmation:
    """Who confirms a status, when the editor does not say: somebody independent, or only its owner."""
    if status in (Status.NOT_YET_RATED, Status.NO_EVIDENCE, Status.UNCLEAR):
        return Confirmation.NONE
    if weight.t1 or weight.t3:
        return Confirmation.INDEPENDENT
    return Confirmation.SELF_DECLARED if weight.t2 else Confirmation.NONE


def _voice(proof: Proof) -> str:
    return " ".join(proof.publisher.casefold().split()) or proof.origin


def refusals(draft: Draft) -> list[Refusal]:
    """Every rule the draft breaks, in the order an editor would mend them."""
    checks = (_dates, _entry_state, _wants_reason, _wants_evidence, _timely, _action, _closing, _deadline, _explained)
    return [refusal for check in checks for refusal in check(draft)]


def _day(on: date) -> str:
    """As people write it: these words are printed on the page about the method too."""
    return f"{on.day} {on:%B %Y}"


def _dates(draft: Draft) -> Iterable[Refusal]:
    if not EARLIEST_DATE <= draft.effective_on <= LATEST_DATE:
        yield Refusal(
            "date_range", f"The date {draft.effective_on} is outside 1900–2199; check the year.", "effective_on"
        )
        return
    if draft.effective_on > draft.today:
        yield Refusal(
            "not_in_future",
            f"The date {_day(draft.effective_on)} lies in the future; a status takes effect when it is true.",
            "effective_on",
        )
    if draft.made_on and draft.effective_on < draft.made_on:
        yield Refusal(
            "not_before_promise",
            f"The promise was made on {_day(draft.made_on)}; a status cannot take effect before it.",
            "effective_on",
        )
    if draft.last_effective_on and not draft.is_correction and draft.effective_on < draft.last_effective_on:
        yield Refusal(
            "in_order",
            f"The last change took effect on {_day(draft.last_effective_on)}; an earlier date rewrites history. "
            "Publish a correction of that change instead.",
            "effective_on",
        )


def _entry_state(draft: Draft) -> Iterable[Refusal]:
    if draft.status == Status.NOT_YET_RATED and draft.last_status and not draft.is_correction:
        yield Refusal(
            "entry_state_only", "“Not yet rated” is only ever the first state; it cannot follow another.", "status"
        )


def _wants_reason(draft: Draft) -> Iterable[Refusal]:
    if not draft.reason.strip():
        yield Refusal("reason_required", "Say in a sentence why; the reason is printed on the public page.", "reason")


def _wants_evidence(draft: Draft) -> Iterable[Refusal]:
    if draft.status == Status.NOT_YET_RATED:
        return
    if draft.status == Status.NO_EVIDENCE:
        if not draft.has_search_record:
            yield Refusal(
                "search_record_required",
                "“No evidence found” needs a search record: which sources, which terms, on what day.",
                "search_record",
            )
        return
    if not draft.proofs:
        yield Refusal(
            "evidence_required",
            "Choose the evidence this status rests on; there is no status without evidence.",
            "evidence",
        )
    elif not weigh(draft.proofs).supports_a_status:
        yield Refusal(
            "t4_never_alone",
            "All of it is T4 (aggregated or rewritten), which alone never supports a status; find its sources.",
            "evidence",
        )


def _timely(draft: Draft) -> Iterable[Refusal]:
    limit = draft.effective_on + PUBLIC_BY_GRACE if draft.effective_on <= LATEST_DATE else draft.effective_on
    for proof in draft.proofs:
        if proof.published_on > limit:
            yield Refusal(
                "public_at_the_time",
                f"{proof.ref} was published on {_day(proof.published_on)}, "
                f"more than two weeks after {_day(draft.effective_on)}; "
                "it belongs to a later change or review.",
                "evidence",
            )


def _action(draft: Draft) -> Iterable[Refusal]:
    if draft.status not in CLAIMS_ACTION and not Status(draft.status).is_closing or draft.status == Status.NOT_MET:
        return
    if draft.proofs and all(proof.repeats_promise for proof in draft.proofs):
        yield Refusal(
            "not_its_own_proof",
            "The only evidence is the document that contains the promise; nothing proves itself.",
            "evidence",
        )
    elif (
        draft.status in CLAIMS_ACTION
        and draft.proofs
        and not any(p.act in (Act.ACTION, Act.MEASUREMENT) for p in draft.proofs)
    ):
        yield Refusal(
            "action_required",
            "Only announcements are cited; “in progress” and “on track” need a concrete action or a measurement.",
            "evidence",
        )


def _closing(draft: Draft) -> Iterable[Refusal]:
    if Status(draft.status).is_closing and draft.proofs and not weigh(draft.proofs).supports_closing:
        yield Refusal(
            "closing_evidence",
            "A closing status needs T1 evidence, or T2 with one independent T3, or two independent T3; "
            "copies of one story and two pieces by one publisher count once.",
            "evidence",
        )


def _deadline(draft: Draft) -> Iterable[Refusal]:
    if draft.status in NEEDS_DEADLINE_OR_TARGET and not draft.has_deadline_or_target:
        yield Refusal(
            "deadline_or_target",
            "“On track” and “off track” need a deadline or a numeric target on the commitment.",
            "status",
        )


def _explained(draft: Draft) -> Iterable[Refusal]:
    if draft.status == Status.NOT_MET and not draft.outcome_reason:
        yield Refusal(
            "outcome_reason_required",
            "“Not met” needs its outcome: expired, reversed or contradicted.",
            "outcome_reason",
        )
    if draft.status == Status.UNCLEAR and not (draft.unclear_reason and draft.settled_by.strip()):
        yield Refusal(
            "unclear_explained", "“Unclear” needs the kind of doubt and what would settle it.", "unclear_reason"
        )


def quote_refusal(quote: str, snapshot: str, flag_reason: str = "") -> Refusal | None:
    """Refuse a quotation that the stored text does not contain, unless it is flagged with a reason."""
    if not quote.strip() or not snapshot or flag_reason.strip() or _squeeze(quote) in _squeeze(snapshot):
        return None
    return Refusal(
        "quote_in_snapshot",
        "The sentence relied on does not stand in the stored text; correct it or say why it differs.",
        "quote",
    )


def _squeeze(text: str) -> str:
    table = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})
    return " ".join(text.translate(table).casefold().split())


def url_refusal(url: str) -> Refusal | None:
    """Only absolute http(s) addresses with a host and no credentials are ever stored or linked."""
    try:
        parts = urlsplit(url)
        port_ok = parts.port is None or parts.port > 0
    except ValueError:
        return Refusal("safe_url", f"“{url[:80]}” is not an address.", "url")
    unsafe = any(character.isspace() or ord(character) < 32 for character in url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or unsafe or not port_ok:
        return Refusal("safe_url", f"“{url[:80]}” is not an absolute http or https address.", "url")
    return None
