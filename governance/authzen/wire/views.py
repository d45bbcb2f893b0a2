"""The addresses of AuthZEN, for whoever decides behind them: they read, ask and answer, and decide nothing."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Generic, TypeVar

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from msgspec import Struct

from governance.authzen.wire import messages
from governance.authzen.wire.deciding import AccessDecision, Decider, deny, evaluate_all
from governance.authzen.wire.messages import Evaluation
from ground.errors import BadInput, DomainError, TooMuch, Unavailable
from ground.problems import json_response, problem_response

Caller = TypeVar("Caller")
View = Callable[[HttpRequest], HttpResponse]
_A_DAY = 24 * 3600
_PATHS = {
    "access_evaluation_endpoint": "access/v1/evaluation",
    "access_evaluations_endpoint": "access/v1/evaluations",
    "search_subject_endpoint": "access/v1/search/subject",
    "search_resource_endpoint": "access/v1/search/resource",
    "search_action_endpoint": "access/v1/search/action",
}


class DecisionPoint(Struct, Generic[Caller], frozen=True):
    """A policy decision point: who decides, how it knows its callers, and where it stands.

    `find_caller` raises Unauthenticated where nobody is known.
    """

    decider: Decider[Caller]
    find_caller: Callable[[HttpRequest], Caller]
    find_base_url: Callable[[HttpRequest], str]

    def evaluation(self, http: HttpRequest) -> HttpResponse:
        caller = self.find_caller(http)
        asked = messages.parse_evaluation(read_body(http))
        return json_response(self._evaluate(asked, caller).told)

    def evaluations(self, http: HttpRequest) -> HttpResponse:
        caller = self.find_caller(http)
        asked = messages.parse_evaluations(read_body(http))
        if isinstance(asked, Evaluation):
            return json_response(self._evaluate(asked, caller).told)
        decisions = evaluate_all(asked, self.decider, caller)
        return json_response({"evaluations": [each.told for each in decisions]})

    def search(self, kind: type[messages.Search]) -> View:
        """The view of a search of one kind."""

        def search(http: HttpRequest) -> HttpResponse:
            caller = self.find_caller(http)
            asked = messages.parse_search(read_body(http), kind)
            return json_response(self.decider.search(asked, caller).told)

        return search

    def configuration(self, http: HttpRequest) -> HttpResponse:
        """Where the decision point stands and what it has, for whoever asks (9 of the specification)."""
        base = self.find_base_url(http).rstrip("/")
        response = json_response(
            {
                "policy_decision_point": base,
                **{name: f"{base}/{address}" for name, address in _PATHS.items()},
            }
        )
        response["Cache-Control"] = f"public, max-age={_A_DAY}"
        return response

    def _evaluate(self, asked: Evaluation, caller: Caller) -> AccessDecision:
        """A question that cannot be asked is denied; what is about all of us, and not about the question, is an error."""
        try:
            return self.decider.evaluate(asked, caller)
        except (TooMuch, Unavailable):
            raise
        except DomainError as error:
            return deny(error)


def make_addresses(point: DecisionPoint[Any]) -> list[URLPattern]:
    """The addresses of a decision point, from the root of its site."""
    views: dict[str, View] = {
        "access_evaluation_endpoint": point.evaluation,
        "access_evaluations_endpoint": point.evaluations,
        "search_subject_endpoint": point.search(messages.SubjectSearch),
        "search_resource_endpoint": point.search(messages.ResourceSearch),
        "search_action_endpoint": point.search(messages.ActionSearch),
    }
    return [
        *(path(_PATHS[name], _open(view, "POST"), name=_PATHS[name]) for name, view in views.items()),
        path(
            ".well-known/authzen-configuration",
            _open(point.configuration, "GET"),
            name="authzen-configuration",
        ),
    ]


def _open(view: View, method: str) -> View:
    """A view for programs: one method, errors as problems, and no form of a browser's to protect."""

    @wraps(view)
    @csrf_exempt
    def opened(http: HttpRequest) -> HttpResponse:
        if http.method != method:
            response = problem_response(_NotThatWay(f"Send {method}."))
            response["Allow"] = method
            return response
        try:
            return view(http)
        except DomainError as error:
            return problem_response(error)

    return opened


class _NotThatWay(DomainError):
    status = 405
    code = "method_not_allowed"
    title = "This address does not take that method"


def read_body(http: HttpRequest) -> bytes:
    """The raw body, refused by its announced size before it is read, and 400 for what is not announced as JSON."""
    announced = http.META.get("CONTENT_LENGTH") or "0"
    if not announced.isdecimal() or int(announced) > messages.LARGEST_BODY:
        raise BadInput(
            f"The body may hold {messages.LARGEST_BODY // 1024} KiB at most.", field="body", code="too_large"
        )
    if (http.content_type or "").strip().lower() != "application/json":
        raise BadInput("Send JSON, with the content type application/json.", field="body", code="not_json")
    return http.body
