"""The line's part of the OpenAPI document, made from the very types that parse requests."""

from typing import Any

import msgspec
from drf_spectacular.utils import OpenApiParameter

from charter.measures.queries import Row
from charter.rules.request import Request
from charter.rules.verdict import RuleMatch
from governance.decisions.facts.pairing import Paired

_REF = "#/components/schemas/{name}"
_, COMPONENTS = msgspec.json.schema_components([Request, Row, RuleMatch, Paired], ref_template=_REF)

_ONE = {"$ref": _REF.format(name="Request")}
_BATCH = {
    "type": "object",
    "required": ["requests"],
    "additionalProperties": False,
    "properties": {"requests": {"type": "array", "minItems": 1, "maxItems": 100, "items": _ONE}},
}
REQUEST = {"application/json": {"oneOf": [_ONE, _BATCH]}}

_RECEIPT = {
    "type": "object",
    "required": ["id", "leaf_hash", "at", "key_id", "signature", "text"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "leaf_hash": {"type": "string"},
        "at": {"type": "string", "format": "date-time"},
        "key_id": {"type": "string"},
        "signature": {"type": "string"},
        "text": {
            "type": "string",
            "description": "What is signed: canonical JSON that says what was answered.",
        },
        "url": {"type": "string"},
    },
}
_TOLD: dict[str, Any] = {
    "verdict": {"type": "string", "enum": ["permit", "deny", "refer"]},
    "receipt": _RECEIPT,
    "rules": {"type": "array", "items": {"$ref": _REF.format(name="RuleMatch")}},
    "obligations": {"type": "array", "items": {"type": "string"}},
    "charters": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"metric": {"type": "string"}, "version": {"type": "integer"}},
        },
    },
    "rulebook": {
        "type": "object",
        "properties": {"number": {"type": "integer"}, "hash": {"type": "string"}},
    },
}
_WAY_TO_THE_BOARD = {"refer_url": {"type": "string"}}  # where the verdict is refer
_ROWS = {
    "rows": {"type": "array", "items": {"$ref": _REF.format(name="Row")}},
    "paired": {"type": "array", "items": {"$ref": _REF.format(name="Paired")}},
    "source": {
        "type": "object",
        "properties": {
            "snapshot": {"type": ["string", "null"]},
            "published_at": {"type": ["string", "null"], "format": "date-time"},
        },
    },
}
_ANSWERS = {
    "type": "object",
    "required": ["answers"],
    "properties": {"answers": {"type": "array", "items": {"type": "object"}}},
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "field": {"type": "string"},
        "verdict": {"type": "string"},
        "rules": {"type": "array", "items": {"$ref": _REF.format(name="RuleMatch")}},
        "receipt": _RECEIPT,
        **_WAY_TO_THE_BOARD,
    },
}


def _either(properties: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    one = {"type": "object", "required": list(properties), "properties": {**properties, **(optional or {})}}
    return {"oneOf": [one, _ANSWERS]}


# One question under one key is asked once, however often it is sent.
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="The same again under the same key, within an hour, is given the first answer and its receipt.",
)
_PROBLEMS = {(status, "application/problem+json"): PROBLEM for status in (400, 401, 403, 409, 422, 429, 503)}
QUERY_RESPONSES = {(200, "application/json"): _either({**_TOLD, **_ROWS}), **_PROBLEMS}
CHECK_RESPONSES = {(200, "application/json"): _either(_TOLD, _WAY_TO_THE_BOARD), **_PROBLEMS}
RECEIPT_RESPONSES = {
    (200, "application/json"): {
        "type": "object",
        "required": [
            "receipt",
            "leaf",
            "public_key",
            "index",
            "size",
            "proof",
            "checkpoint",
            "decided",
            "void",
        ],
        "properties": {
            "receipt": _RECEIPT,
            "leaf": {"type": "string"},
            "public_key": {"type": "string"},
            # Its place in the log and the proof (RFC 9162), null until the log is signed that far.
            "index": {"type": ["integer", "null"]},
            "size": {"type": ["integer", "null"]},
            "proof": {"type": ["array", "null"], "items": {"type": "string"}},
            "checkpoint": {"type": ["string", "null"]},
            "decided": {"type": "object"},
            # From when and why it is void; null where it stands.
            "void": {
                "type": ["object", "null"],
                "required": ["at", "because"],
                "properties": {
                    "at": {"type": "string", "format": "date-time"},
                    "because": {"type": "string"},
                },
            },
            "request": {"$ref": _REF.format(name="Request")},
        },
    },
    (401, "application/problem+json"): PROBLEM,
    (404, "application/problem+json"): PROBLEM,
}


def add_components(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A drf-spectacular hook that adds the types of the line."""
    result.setdefault("components", {}).setdefault("schemas", {}).update(COMPONENTS)
    return result
