"""The shape of every file of a record folder, as data: what `checking` demands and docs/record-format.md explains."""

from commitments.models import Conflict, Measurement, SourceDocument
from commitments.seeding.shapes import Field, File, Shape, choice, must
from commitments.status import (
    Act,
    Confidence,
    Confirmation,
    Firmness,
    Life,
    OutcomeReason,
    Precision,
    Stance,
    Status,
    Tier,
    UnclearReason,
)

FORMAT = "commitment-record/1"

NOTE = Field("note")
PRECISION = choice("date_precision", Precision.values)

NAME = Shape([must("name", limit=200), Field("from_on", "date"), Field("until_on", "date")], identity=["name"])
SUCCESSION = Shape([must("work", limit=300), must("successor", limit=200)])
ORGANISATION = Shape(
    [
        must("slug", "slug", limit=80),
        must("name", limit=200),
        Field("short_name", limit=80),
        Field("kind", limit=80),
        Field("ended_on", "date"),
        Field("url", "url"),
        NOTE,
        Field("names", "entries", shape=NAME),
        Field("successions", "entries", shape=SUCCESSION),
    ],
    identity=["slug"],
)
SECTOR = Shape([must("slug", "slug", limit=80), must("name", limit=120)], identity=["slug"])
AGREEMENT = Shape(
    [
        must("slug", "slug", limit=80),
        must("title", limit=300),
        must("signed_on", "date"),
        must("binding", "bool"),
        must("parties", "refs", to="organisations"),
        NOTE,
    ],
    identity=["slug"],
)
DOCUMENT = Shape(
    [
        must("ref", "slug", limit=80),
        choice("kind", SourceDocument.Kind.values),
        must("title", limit=300),
        Field("publisher", limit=200),
        must("published_on", "date"),
        PRECISION,
        Field("url", "url"),
        Field("file", limit=200),
        Field("sentences", "integer"),
        Field("read_as", limit=300),
        Field("evidence", "refs", to="evidence"),
        NOTE,
    ],
    identity=["ref"],
)
ACCOUNTED = Shape(
    [must("document", "ref", to="documents"), Field("context", "integers"), Field("furniture", "integers")],
    identity=["document"],
)
SAID_IN = Shape([must("document", "ref", to="documents"), Field("sentences", "integers")], identity=["document"])
CLAIM = Shape(
    [
        must("ref", "slug", limit=80),
        must("agreement", "ref", to="agreements"),
        must("statement"),
        Field("value", limit=120),
        Field("claimant", limit=120),
        must("said_in", "entries", shape=SAID_IN),
        Field("contested", "bool"),
        NOTE,
    ],
    identity=["ref"],
)
TARGET = Shape(
    [
        must("unit", limit=200),
        Field("baseline", "number"),
        Field("baseline_on", "date"),
        Field("value", "number"),
        Field("due_on", "date"),
        Field("headline", "bool"),
        Field("set_later", "bool"),
        NOTE,
    ],
    identity=["unit", "value"],
)
MILESTONE = Shape(
    [
        must("title", limit=200),
        Field("due_on", "date"),
        Field("reached_on", "date"),
        Field("evidence", "ref", to="evidence"),
    ],
    identity=["title"],
)
CRITERIA = Shape([Field("met_if", "texts"), Field("not_met_if", "texts"), Field("we_would_need", "texts")])
WORDING = Shape(
    [
        must("document", "ref", to="documents"),
        Field("sentence", "integer"),
        choice("firmness", Firmness.values),
        Field("hedge", limit=120),
        must("paraphrase"),
        Field("primary", "bool"),
    ],
    identity=["document", "sentence"],
)
READING = Shape(
    [Field("document", "ref", to="documents"), Field("sentences", "integers"), must("value", limit=300)],
)
CONFLICT = Shape(
    [
        must("point", limit=200),
        choice("subject", Conflict.Subject.values),
        choice("state", Conflict.State.values),
        must("detail"),
        must("readings", "entries", shape=READING),
        Field("resolution"),
    ],
    identity=["point"],
)
COMMITMENT = Shape(
    [
        must("ref", limit=40),
        must("slug", "slug", limit=80),
        must("title", limit=200),
        must("statement"),
        Field("parent", "ref", to="commitments"),
        must("agreement", "ref", to="agreements"),
        must("owners", "refs", to="organisations"),
        Field("owner_note"),
        Field("sectors", "refs", to="sectors"),
        choice("life", [Life.DRAFT, Life.PUBLISHED]),
        Field("life_note"),
        choice("firmness", Firmness.values),
        Field("hedge", limit=120),
        Field("wording_source", limit=40),
        Field("in_agreement", "bool"),
        Field("binding", "bool"),
        must("made_on", "date"),
        Field("made_on_note"),
        Field("due_on", "date"),
        choice("due_precision", Precision.values, required=False),
        Field("due_note"),
        Field("targets", "entries", shape=TARGET),
        Field("milestones", "entries", shape=MILESTONE),
        Field("criteria", "entry", shape=CRITERIA),
        must("wordings", "entries", shape=WORDING),
        Field("conflicts", "entries", shape=CONFLICT),
        Field("watch_terms", "texts"),
        Field("watch_query"),
    ],
    identity=["ref"],
)
LINK = Shape(
    [
        must("commitment", "ref", to="commitments"),
        choice("stance", Stance.values),
        choice("act", Act.values),
        Field("repeats_promise", "bool"),
        NOTE,
    ],
    identity=["commitment"],
)
EVIDENCE = Shape(
    [
        must("ref", "slug", limit=120),
        must("title", limit=500),
        Field("url", "url"),
        must("publisher", limit=200),
        must("published_on", "date"),
        PRECISION,
        choice("tier", Tier.values),
        Field("origin", limit=120),
        must("fact"),
        Field("quote"),
        Field("read_at", limit=2048),
        must("links", "entries", shape=LINK),
    ],
    identity=["ref"],
)
POINT = Shape(
    [
        must("measured_on", "date"),
        Field("value", "number"),
        choice("kind", Measurement.Kind.values),
        Field("evidence", "ref", to="evidence"),
        NOTE,
    ],
    identity=["measured_on", "kind", "value"],
)
SERIES = Shape(
    [
        must("ref", "slug", limit=80),
        must("commitment", "ref", to="commitments"),
        must("title", limit=200),
        must("unit", limit=200),
        Field("baseline", "number"),
        Field("goal", "number"),
        NOTE,
        must("points", "entries", shape=POINT),
    ],
    identity=["ref"],
)
SEARCH_RECORD = Shape(
    [
        must("commitment", "ref", to="commitments"),
        must("searched_on", "date"),
        must("sources"),
        must("terms"),
        must("result"),
    ],
    identity=["commitment", "searched_on"],
)
CHANGE = Shape(
    [
        must("commitment", "ref", to="commitments"),
        must("effective_on", "date"),
        choice("kind", ["initial", "update", "review"]),
        choice("status", Status.values),
        must("reason"),
        Field("evidence", "refs", to="evidence"),
        Field("searched_on", "date"),
        choice("outcome_reason", OutcomeReason.values, required=False),
        choice("unclear_reason", UnclearReason.values, required=False),
        Field("settled_by"),
        choice("confirmation", Confirmation.values, required=False),
        choice("confidence", Confidence.values, required=False),
    ],
    identity=["commitment", "effective_on"],
)
RECORD = Shape(
    [
        must("format", "choice", choices=[FORMAT]),
        must("name", "slug", limit=80),
        must("title"),
        Field("as_of", "date"),
        Field("licence"),
    ]
)

RECORD_FILE = "record.yaml"
FILES = (
    File("parties.yaml", {"organisations": ORGANISATION, "sectors": SECTOR, "agreements": AGREEMENT}),
    File("sources.yaml", {"documents": DOCUMENT, "accounted": ACCOUNTED}),
    File("commitments.yaml", {"commitments": COMMITMENT}),
    File("claims.yaml", {"claims": CLAIM}, required=False),
    File("evidence.yaml", {"evidence": EVIDENCE}),
    File("measurements.yaml", {"series": SERIES}, required=False),
    File("search_records.yaml", {"search_records": SEARCH_RECORD}, required=False),
    File("status.yaml", {"status_changes": CHANGE}),
)
