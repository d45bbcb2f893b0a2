"""AuthZEN's words as ours: subject, action, resource and context become a `Request`. What a client says of them is not heard.

The decision is the action, the metric the resource; all else that a request says stands in the context under its own name,
and the metrics that are asked beside it in `context.beside`. One question never learns of another in the same batch.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from charter.rules.request import Request
from governance.authzen.wire.messages import Action, Entity, EntityType
from governance.decisions.requests.parsing import parse
from ground.errors import BadInput, NotFound

METRIC = "metric"
BESIDE = "beside"
_ELSEWHERE = {
    "decision": "The decision is the action: name it there.",
    "metrics": "The metric is the resource, and those asked beside it stand in context.beside.",
    "requests": "Send a batch to /access/v1/evaluations.",
}
_SAID_IN_CONTEXT = frozenset(
    each.encode_name for each in msgspec.structs.fields(Request) if each.encode_name not in _ELSEWHERE
)


def translate(decision: str, metric: str, context: Mapping[str, Any]) -> Request:
    """The request of a question. Raises BadInput naming the field as the client knows it."""
    for name, text in _ELSEWHERE.items():
        if name in context:
            raise BadInput(text, field=f"context.{name}")
    said = {name: value for name, value in context.items() if name in _SAID_IN_CONTEXT}
    beside = context.get(BESIDE, [])
    if not isinstance(beside, list):
        raise BadInput("Metrics asked beside the resource are a list of names.", field=f"context.{BESIDE}")
    try:
        body = msgspec.json.encode({"decision": decision, "metrics": [metric, *beside], **said})
        asked = parse(body)
    except BadInput as error:
        raise BadInput(
            error.detail, field=_rename(error.field or ""), code=error.code, **error.extra
        ) from None
    assert isinstance(asked, Request)  # noqa: S101 - a batch has another form
    return asked


def check_is_metric(resource: Entity | EntityType) -> None:
    """Raise NotFound for a resource that is no metric."""
    if resource.type != METRIC:
        raise NotFound(
            "The resources here are of the type metric.", field="resource.type", code="no_such_type"
        )


def list_ignored(context: Mapping[str, Any], **entities: Entity | EntityType | Action | None) -> list[str]:
    """What was sent and not heard: properties of entities, since registries say what is true, and unknown parts of the context."""
    unheard = [
        f"{name}.properties" for name, each in entities.items() if each is not None and each.properties
    ]
    known = {*_SAID_IN_CONTEXT, BESIDE}
    return sorted([*unheard, *(f"context.{name}" for name in context if name not in known)])


def _rename(field: str) -> str:
    """The field as it stands in the message of AuthZEN."""
    first = field.partition("[")[0].partition(".")[0]
    if first == "decision":
        return "action.name"
    if first == "metrics":
        return "resource.id" if field in ("metrics", "metrics[0]") else f"context.{BESIDE}"
    return f"context.{field}" if first in _SAID_IN_CONTEXT else field
