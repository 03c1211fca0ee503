"""OpenAPI 3.1 of the read-only API, built from the same lists as the filters and the exports."""

from typing import Any

from commitments.flags import FLAG_LABELS
from commitments.status import Act, Band, ChangeKind, Confirmation, Firmness, Stance, Status, Tier

LIMIT_MOST = 200
LIMIT_DEFAULT = 50
SLUG = "^[-a-zA-Z0-9_]+$"
TEXT = {"type": "string"}
NAME = {"type": "string", "pattern": SLUG, "maxLength": 80}
DAY = {"type": "string", "format": "date"}
MAYBE_DAY = {"type": ["string", "null"], "format": "date"}
MAYBE_NUMBER = {"type": ["number", "null"]}
MAYBE_WHOLE = {"type": ["integer", "null"]}
TEXTS = {"type": "array", "items": TEXT}
YES_NO = {"type": "boolean"}
WHOLE = {"type": "integer"}


def _one_of(values: Any) -> dict[str, Any]:
    return {"type": "string", "enum": [str(value) for value in values]}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _list(of: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{of}"}}


COMMITMENT = {
    "ref": TEXT, "slug": TEXT, "url": {"type": "string", "format": "uri"}, "title": TEXT, "statement": TEXT,
    "agreement": TEXT, "owners": TEXTS, "sectors": TEXTS, "firmness": _one_of(Firmness.values), "hedge": TEXT,
    "binding": YES_NO, "made_on": DAY, "due_on": MAYBE_DAY, "due_precision": TEXT, "due_note": TEXT,
    "status": _one_of(Status.values), "status_label": TEXT, "band": _one_of(Band), "status_since": MAYBE_DAY,
    "status_reason": TEXT, "confirmation": _one_of(Confirmation.values), "last_change_on": MAYBE_DAY,
    "last_evidence_on": MAYBE_DAY, "flags": {"type": "array", "items": _one_of(FLAG_LABELS)},
}  # fmt: skip
CHANGE = {
    "sequence": WHOLE, "ref": TEXT, "url": {"type": "string", "format": "uri"}, "title": TEXT,
    "kind": _one_of(ChangeKind.values), "from_status": {"type": ["string", "null"]},
    "status": _one_of(Status.values), "status_label": TEXT, "reason": TEXT, "effective_on": DAY,
    "recorded_at": {"type": "string", "format": "date-time"}, "evidence": TEXTS, "review": TEXT,
    "corrects": MAYBE_WHOLE,
}  # fmt: skip
EVIDENCE = {
    "ref": TEXT, "title": TEXT, "url": TEXT, "publisher": TEXT, "published_on": DAY, "date_precision": TEXT,
    "tier": _one_of(Tier.values), "stance": _one_of(Stance.values), "act": _one_of(Act.values), "fact": TEXT,
    "repeats_promise": YES_NO, "source_state": TEXT,
}  # fmt: skip
POINT = _object(on=DAY, value=MAYBE_NUMBER, kind=TEXT, evidence={"type": ["string", "null"]}, note=TEXT)
SERIES = _object(
    ref=TEXT, title=TEXT, unit=TEXT, baseline=MAYBE_NUMBER, baseline_on=MAYBE_DAY, goal=MAYBE_NUMBER, due_on=MAYBE_DAY,
    needed_now=MAYBE_NUMBER, note=TEXT, points={"type": "array", "items": POINT},
)  # fmt: skip
WORDING = _object(
    document=TEXT, publisher=TEXT, published_on=DAY, url=TEXT, sentence=MAYBE_WHOLE, paraphrase=TEXT, hedge=TEXT,
    firmness=_one_of(Firmness.values), is_primary=YES_NO,
)  # fmt: skip
SIDE = _object(document=TEXT, value=TEXT)
DISPUTE = _object(
    point=TEXT, state=TEXT, detail=TEXT, sides={"type": "array", "items": SIDE}, resolution=TEXT
)  # fmt: skip
EDIT = _object(
    subject=TEXT, before=TEXT, after=TEXT, reason=TEXT, made_at={"type": "string", "format": "date-time"}
)  # fmt: skip
WHOLE_COMMITMENT = _object(
    **COMMITMENT, made_on_note=TEXT, owner_note=TEXT, in_agreement=YES_NO, days_since_last_evidence=WHOLE,
    criteria={"type": "object", "additionalProperties": TEXTS}, changes=_list("Change"), evidence=_list("Evidence"),
    series={"type": "array", "items": SERIES}, wordings={"type": "array", "items": WORDING},
    disputes={"type": "array", "items": DISPUTE}, edits={"type": "array", "items": EDIT},
)  # fmt: skip
SCHEMAS = {
    "Commitment": _object(**COMMITMENT),
    "WholeCommitment": WHOLE_COMMITMENT,
    "Change": _object(**CHANGE),
    "Evidence": _object(**EVIDENCE),
    "Party": _object(slug=TEXT, name=TEXT, url={"type": "string", "format": "uri"}, commitments=WHOLE),
    "Head": _object(sequence=WHOLE, hash=TEXT),
    "Error": _object(error=_object(code=TEXT, message=TEXT)),
}


def _parameter(name: str, schema: dict[str, Any], said: str, *, where: str = "query") -> dict[str, Any]:
    return {"name": name, "in": where, "required": where == "path", "schema": schema, "description": said}


AS_OF = _parameter("as_of", DAY, "Read the record as it stood on this day.")
LIMIT = _parameter(
    "limit", {"type": "integer", "minimum": 1, "maximum": LIMIT_MOST, "default": LIMIT_DEFAULT}, "How many at most."
)
CURSOR = _parameter(
    "cursor",
    {"type": "string", "pattern": "^[-_a-zA-Z0-9]*$", "maxLength": 200},
    "The next_cursor of the answer before.",
)
FILTERS = [
    _parameter("status", _one_of(Status.values), "Only this status."),
    _parameter("band", _one_of(Band), "Only this band of the scale."),
    _parameter("owner", NAME, "Slug of an owner."),
    _parameter("sector", NAME, "Slug of a sector."),
    _parameter("agreement", NAME, "Slug of an agreement."),
    _parameter("firmness", _one_of(Firmness.values), "How firm the words were."),
    _parameter("flag", _one_of(FLAG_LABELS), "Only rows with this computed flag."),
    _parameter("q", {"type": "string", "maxLength": 200}, "Every word must occur."),
]


def _page_of(name: str) -> dict[str, Any]:
    return _object(data=_list(name), next_cursor={"type": ["string", "null"]})


def _answer(schema: dict[str, Any], said: str) -> dict[str, Any]:
    return {"description": said, "content": {"application/json": {"schema": schema}}}


def _get(identity: str, summary: str, schema: dict[str, Any], *parameters: dict[str, Any], **errors: str) -> Any:
    said = {"400": "The question cannot be answered as asked.", **{code[1:]: text for code, text in errors.items()}}
    failures = {code: _answer({"$ref": "#/components/schemas/Error"}, text) for code, text in said.items()}
    return {
        "get": {
            "operationId": identity,
            "summary": summary,
            "parameters": list(parameters),
            "responses": {"200": _answer(schema, "As asked."), **failures, "414": TOO_LONG},
        }
    }


# The one refusal that the web server makes itself, before anybody here has read the question.
TOO_LONG = {"description": "The address is longer than 4,094 bytes.", "content": {"text/html": {"schema": TEXT}}}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def openapi(*, site: str, site_url: str) -> dict[str, Any]:
    slug = _parameter("slug", NAME, "The slug.", where="path")
    parties = {
        f"/{kind}": _get(f"list_{kind}", f"All {kind} with published commitments.", _object(data=_list("Party")), AS_OF)
        for kind in ("agreements", "owners", "sectors")
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{site} API",
            "version": "1",
            "description": "Read-only. No key. GET from anywhere. Within version 1 fields are added, never taken away.",
            "license": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
        },
        "servers": [{"url": f"{site_url}/api/v1"}],
        "paths": {
            "/commitments": _get("list_commitments", "Published commitments, by reference.", _page_of("Commitment"),
                                 *FILTERS, AS_OF, LIMIT, CURSOR),
            "/commitments/{slug}": _get("get_commitment", "One commitment with all its page shows.",
                                        _ref("WholeCommitment"), slug, AS_OF,
                                        _404="Never public.", _410="Withdrawn; the message says why."),
            "/changes": _get("list_changes", "Ledger entries, the newest first.", _page_of("Change"), AS_OF, LIMIT,
                             CURSOR),
            "/ledger/head": _get("get_ledger_head", "Number and hash of the last ledger entry.", _ref("Head")),
            **parties,
        },
        "components": {"schemas": SCHEMAS},
    }  # fmt: skip
