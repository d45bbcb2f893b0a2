"""The door for assistants at `/mcp`: it reads a message of the protocol, runs a tool as whoever's token it is, and answers."""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from governance.assistants.protocol import (
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    SERVER_KEY,
    VERSION,
    Call,
    ProtocolError,
    find_number,
    read_call,
)
from governance.assistants.tools import TOOLS, run
from governance.people.bearer import find_bearer
from governance.people.models import User
from governance.people.scopes import Scope
from ground import strict_json
from ground.errors import BadInput, DomainError, NotPermitted
from ground.problems import json_response, problem_response

LARGEST_BODY = 128 * 1024  # a question is of 64 KiB at most, and stands in an envelope
_SERVER = {"name": "metric-charter", "title": "Metric Charter", "version": "0.1.0"}
_HOUR = 3_600_000  # milliseconds
_INSTRUCTIONS = (
    "Answers what developer metrics may be used for, and gives their values where a use is allowed. Name the decision that the "
    "values are for; ask `may_i` first. A refusal names rules and what to do instead: tell the person, and do not try to go "
    "round it. You can do nothing here that the person could not do."
)
_ACCEPTS_JSON = re.compile(r"(application|\*)/(json|\*)")
Method = Callable[[dict[str, Any], User], dict[str, Any]]


@csrf_exempt
def answer_assistant(http: HttpRequest) -> HttpResponse:
    """One message, one answer. Errors before a message is read are problems; those of a message are its protocol's."""
    if http.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    try:
        _check_origin(http)
        user = find_bearer(http, needs=Scope.ASK)
        return _answer(http, user)
    except DomainError as error:
        return problem_response(error)


def _answer(http: HttpRequest, user: User) -> HttpResponse:
    found: object = None
    try:
        found = _read_body(http)
        call = read_call(found, http.headers)
        if call is None:
            return HttpResponse(status=202)
        return json_response({"jsonrpc": "2.0", "id": call.id, "result": _run(call, user)})
    except ProtocolError as error:
        return json_response(error.told(find_number(found)), error.status)


def _run(call: Call, user: User) -> dict[str, Any]:
    method = _METHODS.get(call.method)
    if method is None:
        raise ProtocolError(METHOD_NOT_FOUND, f"There is no method {call.method[:100]} here.")
    return {**method(call.params, user), "resultType": "complete", "_meta": {SERVER_KEY: _SERVER}}


def _discover(_: dict[str, Any], _user: User) -> dict[str, Any]:
    return {
        "supportedVersions": [VERSION],
        "capabilities": {"tools": {}},
        "instructions": _INSTRUCTIONS,
        "ttlMs": _HOUR,
        "cacheScope": "public",
    }


def _list_tools(_: dict[str, Any], _user: User) -> dict[str, Any]:
    return {"tools": [tool.told for tool in TOOLS.values()], "ttlMs": _HOUR, "cacheScope": "public"}


def _call_tool(params: dict[str, Any], user: User) -> dict[str, Any]:
    name, arguments = params.get("name"), params.get("arguments", {})
    tool = TOOLS.get(name) if isinstance(name, str) else None
    if tool is None:
        raise ProtocolError(INVALID_PARAMS, f"There is no tool of this name. There are: {', '.join(TOOLS)}.")
    if not isinstance(arguments, dict):
        raise ProtocolError(INVALID_PARAMS, "The arguments of a tool are an object.")
    return run(tool, arguments, user)


_METHODS: dict[str, Method] = {
    "server/discover": _discover,
    "tools/list": _list_tools,
    "tools/call": _call_tool,
}


def _check_origin(http: HttpRequest) -> None:
    """Raise NotPermitted where a browser sends it for another site's page."""
    origin = http.headers.get("Origin")
    if origin is not None and origin.rstrip("/") != settings.BASE_URL.rstrip("/"):
        raise NotPermitted("Pages of other sites do not speak for anybody here.", code="foreign_origin")


def _read_body(http: HttpRequest) -> object:
    """The message as plain values. Raises BadInput for what announces itself as something else, ProtocolError for no JSON."""
    announced = http.META.get("CONTENT_LENGTH") or "0"
    if not announced.isdecimal() or int(announced) > LARGEST_BODY:
        raise strict_json.make_too_large(LARGEST_BODY)
    if (http.content_type or "").lower() != "application/json":
        raise BadInput("Send JSON, with the content type application/json.", field="body", code="not_json")
    if not _ACCEPTS_JSON.search(http.headers.get("Accept", "*/*")):
        raise BadInput("The answer is JSON: accept application/json.", field="Accept", code="not_acceptable")
    try:
        return strict_json.parse_json(http.body, largest=LARGEST_BODY)
    except BadInput as error:
        raise ProtocolError(PARSE_ERROR, error.detail, field=error.field) from None
