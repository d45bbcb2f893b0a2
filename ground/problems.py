"""Errors as RFC 9457 problems: one form for the whole API, with a stable `code` and the field at fault."""

from typing import Any

import msgspec
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from drf_standardized_errors.handler import exception_handler
from drf_standardized_errors.types import ExceptionHandlerContext
from rest_framework.response import Response

from ground.errors import DomainError, Unavailable
from ground.json_bodies import make_too_large

CONTENT_TYPE = "application/problem+json"
# When to try again where a part that is needed does not answer.
RETRY_SECONDS = 5

_TITLES = {
    400: "The request is not valid",
    401: "Sign in or send a token",
    403: "You may not do this",
    404: "There is nothing at this address",
    405: "This address does not take that method",
    413: "The request is too large",
    415: "Send JSON",
    429: "Too many requests",
    500: "Something broke on our side",
}


class DatabaseAway(Unavailable):
    """The database does not answer, or gave up a statement."""

    code = "database_away"

    def __init__(self) -> None:
        super().__init__("The database does not answer, so nothing was done. Try again in a moment.")


def find_outage(error: BaseException | None) -> DatabaseAway | None:
    """What to say of an error that means that the database is away; None where it means something else."""
    return DatabaseAway() if isinstance(error, OperationalError | InterfaceError) else None


def make_problem(status: int, code: str, detail: str, *, title: str = "", **members: Any) -> dict[str, Any]:
    """The members of a problem; `type` is a stable address made of the code."""
    return {
        "type": f"{settings.BASE_URL}/problems/{code.replace('_', '-')}",
        "title": title or _TITLES.get(status, "The request failed"),
        "status": status,
        "code": code,
        "detail": detail,
        **members,
    }


def describe_error(error: DomainError) -> dict[str, Any]:
    """A typed error as a problem."""
    members = msgspec.to_builtins(error.extra)
    if error.field:
        members = {
            "field": error.field,
            "errors": [{"field": error.field, "detail": error.detail}],
            **members,
        }
    return make_problem(error.status, error.code, error.detail, title=error.title, **members)


def problem_response(error: DomainError) -> HttpResponse:
    """A typed error as a response."""
    response = with_headers(json_response(describe_error(error), error.status, CONTENT_TYPE), error)
    say_when_to_retry(response)
    return response


def with_headers(response: HttpResponse, error: DomainError) -> HttpResponse:
    """The response with the headers that an error has, such as when to try again."""
    for name, value in error.headers.items():
        response[name] = value
    return response


def say_when_to_retry(response: HttpResponse) -> None:
    """Give `Retry-After` where a part that is needed is away and the answer does not know better."""
    if response.status_code == Unavailable.status:
        response.headers.setdefault("Retry-After", str(RETRY_SECONDS))


def json_response(body: object, status: int = 200, content_type: str = "application/json") -> HttpResponse:
    """JSON that no cache keeps: what is held about people is for the asker alone."""
    response = HttpResponse(msgspec.json.encode(body), status=status, content_type=content_type)
    response["Cache-Control"] = "no-store"
    return response


def wants_problem(request: HttpRequest) -> bool:
    """Whether the asker is a program."""
    return request.path.startswith(
        ("/api/", "/access/", "/mcp", "/scim/", "/.well-known/", "/healthz", "/readyz")
    )


def handle(error: Exception, context: ExceptionHandlerContext) -> Response | None:
    """DRF's exception handler: typed errors by themselves, all others through drf-standardized-errors' flat list."""
    if isinstance(error, RequestDataTooBig):  # by Django, where a middleware has begun to read the body
        error = make_too_large()
    error = find_outage(error) or error
    if isinstance(error, DomainError):
        return Response(
            describe_error(error), status=error.status, content_type=CONTENT_TYPE, headers=error.headers
        )
    response = exception_handler(error, context)
    if response is not None and isinstance(response.data, dict) and "errors" in response.data:
        response.data = _from_flat_list(response.status_code, response.data["errors"])
        response.content_type = CONTENT_TYPE
    return response


def _from_flat_list(status: int, errors: list[dict[str, Any]]) -> dict[str, Any]:
    first = errors[0]
    members: dict[str, Any] = {}
    if first.get("attr"):
        members = {
            "field": first["attr"],
            "errors": [{"field": each["attr"], "detail": each["detail"]} for each in errors],
        }
    return make_problem(status, str(first["code"]), str(first["detail"]), **members)
