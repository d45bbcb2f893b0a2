"""What happens around every request: its id, and typed errors turned into pages."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ground.errors import HouseError
from ground.problems import problem_response, wants_problem

Next = Callable[[HttpRequest], HttpResponse]

_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{1,100}$")


class RequestIdMiddleware:
    """Echo X-Request-ID, or give one, so that a reader's report and our log can be laid side by side."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.id = given if _REQUEST_ID.match(given) else uuid.uuid4().hex
        response = self.get_response(request)
        response["X-Request-ID"] = request.id
        return response


class HouseErrorMiddleware:
    """A typed error that no view caught becomes a problem for programs and a page for people."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, HouseError):
            return None
        if wants_problem(request):
            return problem_response(error)
        return render(request, "problem.html", {"problem": error}, status=error.status)
