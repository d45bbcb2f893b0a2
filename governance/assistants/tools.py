"""What an assistant may do: what its person may, by the same line, under the person's own token.

Four tools: what may I use, may I, ask, explain a refusal. A refusal is told as the API tells it, and as an error, so that no
assistant takes it for an answer.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from charter.rules.request import Request
from charter.rules.vocabulary import DecisionType
from governance.assistants import services
from governance.decisions import queries
from governance.decisions.doors.replies import make_denial, serialize_answer, serialize_answer_with_rows
from governance.decisions.facts.outlook import Ahead
from governance.decisions.facts.repairing import find_repair
from governance.decisions.models import DecisionRecord, Door
from governance.decisions.requests.parsing import parse
from governance.decisions.screens.possible_uses import (
    PossibleMetric,
    find_roles,
    foresee_uses,
    is_open_to,
    read_reader,
)
from governance.decisions.services import answer
from governance.people.models import User
from ground import calendar
from ground.errors import BadInput, DomainError, NotFound, TooMuch, Unavailable
from ground.problems import describe_error

Arguments = Mapping[str, Any]
_REF = "#/$defs/{name}"


class Tool(Struct, frozen=True):
    """A tool: how a model is told of it, and what it does for whoever's token it is."""

    name: str
    title: str
    description: str
    schema: dict[str, Any]
    run: Callable[[Arguments, User], dict[str, Any]]
    reads_only: bool = True

    @property
    def told(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": self.schema,
            "annotations": {
                "readOnlyHint": self.reads_only,
                "destructiveHint": False,
                "openWorldHint": False,
            },
        }


class _UsesAsked(Struct, frozen=True, forbid_unknown_fields=True):
    decision: DecisionType | None = None


class _RefusalAsked(Struct, frozen=True, forbid_unknown_fields=True):
    receipt: UUID


def list_uses(arguments: Arguments, by: User) -> dict[str, Any]:
    """What the person may use, and with what: as their home page says it, of the last closed month."""
    asked = _convert(arguments, _UsesAsked)
    reader = read_reader(by, calendar.today())
    roles = find_roles(reader)
    open_to = [metric for metric in reader.metrics if is_open_to(metric, roles)]
    found = foresee_uses(reader, open_to, decision=asked.decision)
    told = [use for metric in found for use in _tell_uses(metric)]
    services.note_listing(found=len({use["metric"] for use in told}), by=by)
    return {"uses": told}


def _tell_uses(metric: PossibleMetric) -> list[dict[str, Any]]:
    return [
        {
            "metric": metric.metric.slug,
            "name": metric.metric.name,
            "decision": use.decision.value,
            "grain": use.grain.value,
            "cohort": use.cohort or None,
            "verdict": use.outlook.outcome.value,
            "with": use.lacks or None,
            "ask": msgspec.to_builtins(use.outlook.request) if use.outlook.may_be_asked else None,
        }
        for use in metric.uses
        if use.outcome != "deny"
    ]


def check(arguments: Arguments, by: User) -> dict[str, Any]:
    """Whether a use is allowed: a check, with its receipt. A refusal is what was asked for."""
    return serialize_answer(answer(request=_read(arguments), by=by, door=Door.ASSISTANT, rows=False))


def ask(arguments: Arguments, by: User) -> dict[str, Any]:
    """Values with their receipt. Raises UseDenied where the rules refuse."""
    given = answer(request=_read(arguments), by=by, door=Door.ASSISTANT)
    if not given.verdict.permits:
        raise make_denial(given)
    return serialize_answer_with_rows(given)


def explain(arguments: Arguments, by: User) -> dict[str, Any]:
    """Why one's own question was refused, and the smallest change to it that would be allowed now."""
    decision = _find_own(_convert(arguments, _RefusalAsked).receipt, by)
    request = msgspec.convert(decision.request, Request)
    told = {
        "verdict": decision.verdict,
        "request": decision.request,
        "rules": [
            {name: rule[name] for name in ("id", "metric", "title", "text", "why", "here", "fix")}
            for rule in decision.matches
        ],
    }
    return told if decision.verdict == "permit" else {**told, "instead": _find_instead(request, by)}


def _find_own(receipt: UUID, by: User) -> DecisionRecord:
    """The decision that the person asked themself: others' are not there, whoever may read them elsewhere."""
    decision = queries.get_decision_of_entry(receipt, by=by)
    if decision.actor_id != by.pk:
        raise NotFound("You have asked nothing that has this receipt.", field="receipt")
    return decision


def _find_instead(request: Request, by: User) -> dict[str, Any] | None:
    try:
        repair = find_repair(Ahead.read([request], by=by), request)
    except BadInput:  # what it named is gone
        return None
    return msgspec.to_builtins(repair.request) if repair is not None else None


def _read(arguments: Arguments) -> Request:
    """The same words, read by the same parser as the API's."""
    asked = parse(msgspec.json.encode(arguments))
    if isinstance(asked, list):
        raise BadInput("Ask one question at a time.", field="requests")
    return asked


def _convert(arguments: Arguments, kind: type[Any]) -> Any:
    try:
        return msgspec.convert(arguments, kind)
    except msgspec.ValidationError as error:
        raise BadInput(f"{error}.", field="arguments") from None


def run(tool: Tool, arguments: Arguments, by: User) -> dict[str, Any]:
    """The result of a call. What is refused or wrong is an error of the tool, which the model can read and act on."""
    try:
        told, is_error = tool.run(arguments, by), False
    except (TooMuch, Unavailable):
        raise
    except DomainError as error:
        told, is_error = describe_error(error), True
    body = msgspec.json.encode(told)
    return {
        "content": [{"type": "text", "text": body.decode()}],
        "structuredContent": msgspec.json.decode(body),
        "isError": is_error,
    }


def _make_schema(kind: type[Any]) -> dict[str, Any]:
    (found,), components = msgspec.json.schema_components([kind], ref_template=_REF)
    own: dict[str, Any] = components.pop(found["$ref"].rpartition("/")[2])
    return {**own, **({"$defs": components} if components else {})}


_QUESTION = _make_schema(Request)
TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            "what_may_i_use",
            "What may I use?",
            "Lists which metrics the person may use for which decisions, over which groups, and what has to come with each. "
            "No value is read. Give a decision to narrow it.",
            _make_schema(_UsesAsked),
            list_uses,
        ),
        Tool(
            "may_i",
            "May I?",
            "Checks whether one use of metrics is allowed, with every rule that decides it. No value is read; it is on the log "
            "as a check of the person's.",
            _QUESTION,
            check,
        ),
        Tool(
            "ask",
            "Ask",
            "Asks for values of metrics for a decision. The question, and a refusal too, is on the log as the person's. Use the "
            "values for that decision alone, show what is told beside them, and leave out nothing that `obligations` names.",
            _QUESTION,
            ask,
        ),
        Tool(
            "explain_a_refusal",
            "Explain a refusal",
            "Says why a question of the person's was refused, by the number of its receipt, and the smallest change to it that "
            "would be allowed.",
            _make_schema(_RefusalAsked),
            explain,
        ),
    )
}
