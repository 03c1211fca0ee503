"""What the pages, the downloads and the feeds are all made of: plain frozen values.

`gathering` fills them from the record; everything after that (pages, charts,
CSV, JSON, Atom, calendar) reads only these, so that no two of them can differ.
"""

from dataclasses import dataclass
from datetime import date, datetime

from commitments.public.measuring import Line
from commitments.status import Act, Band, ChangeKind, Confirmation, Firmness, Stance, Status

BANDS: dict[str, Band] = {str(status): status.definition.band for status in Status}


def event_address(anchor: str, query: str = "") -> str:
    """The end of an address that leads to one event of a promise, for good: its page of the timeline and its place."""
    return f"?{query}{'&' if query else ''}event={anchor}#{anchor}"


@dataclass(frozen=True)
class Moment:
    """The day the record is read at. `as_of` is None when that is simply today."""

    today: date
    as_of: date | None = None

    @property
    def query(self) -> str:
        return f"as_of={self.as_of.isoformat()}" if self.as_of else ""

    @property
    def suffix(self) -> str:
        """What a link adds so that the reader stays on the same day."""
        return f"?{self.query}" if self.as_of else ""

    def at(self, anchor: str) -> str:
        """What leads to one event of a promise, on the same day."""
        return event_address(anchor, self.query)


@dataclass(frozen=True)
class Party:
    """An owner, sector or agreement as a link: address part and name."""

    slug: str
    name: str


@dataclass(frozen=True)
class Due:
    """A deadline as it was given; `on` is the last day of the period promised."""

    on: date | None
    precision: str = ""
    note: str = ""


@dataclass(frozen=True)
class Row:
    """One commitment as every list prints it."""

    pk: int
    ref: str
    slug: str
    title: str
    statement: str
    agreement: Party
    owners: tuple[Party, ...]
    sectors: tuple[Party, ...]
    firmness: str
    hedge: str
    binding: bool
    made_on: date
    due: Due
    status: str
    since: date | None
    reason: str
    confirmation: str
    changed_on: date | None
    last_evidence_on: date | None
    flags: tuple[str, ...] = ()
    updated_at: datetime | None = None

    @property
    def status_label(self) -> str:
        return Status(self.status).label

    @property
    def band(self) -> Band:
        return BANDS[self.status]

    @property
    def firmness_label(self) -> str:
        return Firmness(self.firmness).label

    @property
    def confirmation_label(self) -> str:
        return Confirmation(self.confirmation).label

    @property
    def due_on(self) -> date | None:
        return self.due.on

    def days_silent(self, today: date) -> int:
        """Days since the last evidence, or since the promise when there never was any."""
        return (today - (self.last_evidence_on or self.made_on)).days


@dataclass(frozen=True)
class Change:
    """One published entry of the ledger, for timelines, feeds and the corrections page."""

    sequence: int
    ref: str
    slug: str
    title: str
    kind: str
    from_status: str
    status: str
    reason: str
    effective_on: date
    recorded_at: datetime
    evidence: tuple[str, ...] = ()
    review_mode: str = ""
    people: tuple[str, ...] = ()
    confirmation: str = ""
    confidence: str = ""
    settled_by: str = ""
    corrects: int | None = None

    @property
    def label(self) -> str:
        return Status(self.status).label

    @property
    def from_label(self) -> str:
        return Status(self.from_status).label if self.from_status else ""

    @property
    def kind_label(self) -> str:
        return ChangeKind(self.kind).label

    @property
    def is_correction(self) -> bool:
        return self.kind == ChangeKind.CORRECTION

    @property
    def anchor(self) -> str:
        return f"change-{self.sequence}"

    def permalink(self, site_url: str) -> str:
        return f"{site_url}/c/{self.slug}/{event_address(self.anchor)}"


def event_kind(stance: str, act: str) -> str:
    """A setback outweighs the kind of happening; an announcement is not an action."""
    if stance in (Stance.CONTRADICTS, Stance.NO_PROGRESS):
        return "setback"
    if act in (Act.ACTION, Act.MEASUREMENT):
        return "action"
    return "announcement" if act == Act.ANNOUNCEMENT else "context"


@dataclass(frozen=True)
class Proof:
    """One piece of evidence in its use for one commitment."""

    ref: str
    title: str
    url: str
    publisher: str
    published_on: date
    precision: str
    tier: str
    stance: str
    act: str
    fact: str
    note: str = ""
    source_state: str = ""
    repeats_promise: bool = False

    @property
    def glyph(self) -> str:
        return event_kind(self.stance, self.act)

    @property
    def act_label(self) -> str:
        return Act(self.act).label

    @property
    def stance_label(self) -> str:
        return Stance(self.stance).label

    @property
    def anchor(self) -> str:
        return self.ref


@dataclass(frozen=True)
class Said:
    """How one source put the promise."""

    document: str
    publisher: str
    published_on: date
    precision: str
    url: str
    kind: str
    sentence: int
    paraphrase: str
    hedge: str
    firmness: str
    is_primary: bool

    @property
    def firmness_label(self) -> str:
        return Firmness(self.firmness).label


@dataclass(frozen=True)
class Dispute:
    """A point on which sources disagree: each side, and what this record does about it."""

    point: str
    state: str
    detail: str
    resolution: str
    sides: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Step:
    """A status that stood from a day until another (exclusive), or until now."""

    status: str
    from_on: date
    until_on: date


@dataclass(frozen=True)
class Edit:
    """A change to published words."""

    subject: str
    before: str
    after: str
    reason: str
    by: str
    made_at: datetime
    number: int = 0


@dataclass(frozen=True)
class Dossier:
    """Everything the page of one commitment prints beside its row."""

    row: Row
    owner_note: str
    wording_source: str
    in_agreement: bool
    made_on_note: str
    life: str
    life_note: str
    proofs: tuple[Proof, ...]
    changes: tuple[Change, ...]
    said: tuple[Said, ...]
    disputes: tuple[Dispute, ...]
    lines: tuple[Line, ...]
    criteria: tuple[tuple[str, tuple[str, ...]], ...]
    edits: tuple[Edit, ...] = ()
    related: tuple[Row, ...] = ()
    milestones: tuple[tuple[str, date | None, date | None], ...] = ()
    searches: tuple[tuple[date, str, str, str], ...] = ()
    replies: tuple[tuple[str, date, str, date | None, str], ...] = ()

    @property
    def evidence_dates(self) -> list[tuple[date, str, int]]:
        return [(proof.published_on, proof.glyph, 1) for proof in self.proofs]

    @property
    def last_change(self) -> Change | None:
        return self.changes[-1] if self.changes else None
