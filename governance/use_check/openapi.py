"""The use check's part of the OpenAPI document, made from the very types that parse and tell it."""

from typing import Any

import msgspec

from governance.decisions.doors.openapi import PROBLEM
from governance.use_check.asked import UseAsked
from governance.use_check.clauses import ClauseTold
from governance.use_check.judged import RuleTold

_REF = "#/components/schemas/{name}"
_, COMPONENTS = msgspec.json.schema_components([UseAsked, RuleTold, ClauseTold], ref_template=_REF)


def _list_of(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


_ASKED = {"$ref": _REF.format(name="UseAsked")}
_CHANGE = {
    "type": "object",
    "required": ["request", "verdict", "needs"],
    "properties": {
        "request": _ASKED,
        "verdict": {"type": "string", "enum": ["permit", "refer"]},
        "needs": _list_of({"type": "object", "required": ["kind", "says"]}),
    },
}
_WARNING = {
    "type": "object",
    "required": ["code", "says"],
    "properties": {"code": {"type": "string"}, "says": {"type": "string"}},
}
_ANSWER: dict[str, Any] = {
    "answer": {"type": "string", "enum": ["yes", "no", "board"]},
    "rules": _list_of({"$ref": _REF.format(name="RuleTold")}),
    "clauses": _list_of({"$ref": _REF.format(name="ClauseTold")}),
    "changes": _list_of(_CHANGE),
    "warnings": _list_of(_WARNING),
    "statement": {"type": "string"},
    "receipt": {"type": "object", "required": ["id", "url"]},
}
FILE = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "format": "binary"}},
}
REQUEST = {"application/json": _ASKED}
RESPONSES = {
    (200, "application/json"): {"type": "object", "required": list(_ANSWER), "properties": _ANSWER},
    **{(status, "application/problem+json"): PROBLEM for status in (400, 401, 403, 429, 503)},
}


def add_components(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A drf-spectacular hook that adds the types of use checks."""
    result.setdefault("components", {}).setdefault("schemas", {}).update(COMPONENTS)
    return result
