"""What happens around every request: typed errors turned into pages, and what keeps answers and inputs clean."""

import sys
from collections.abc import Callable

from django.conf import settings
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control, patch_vary_headers

from governance.people.sign_in import TooManyTries
from ground.errors import BadInput, DomainError, Unavailable
from ground.problems import find_outage, problem_response, say_when_to_retry, wants_problem, with_headers

Next = Callable[[HttpRequest], HttpResponse]


class DomainErrorMiddleware:
    """A typed error that no view caught becomes a problem for programs and a page for people."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return _told(request, error) if isinstance(error, DomainError) else None


class CleanInputMiddleware:
    """NUL in an address, its query or a form is refused by name: PostgreSQL has no text with it, and no view looks for it.

    Bodies of JSON are read by `ground.strict_json`, which does the same.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            return _told(request, _make_unclean("address"))
        name = _find_unclean(request.GET)
        return self.get_response(request) if name is None else _told(request, _make_unclean(name))

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Look at forms here, after CSRF has, and not at those of the API, which reads none."""
        if request.method != "POST" or wants_problem(request):
            return None
        name = _find_unclean(request.POST)
        return None if name is None else _told(request, _make_unclean(name))


class OwnPagesMiddleware:
    """Pages of ours where Django has bare ones: where an address takes what is posted alone, and, with DEBUG as in a demo, 404."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if wants_problem(request):
            return response
        if isinstance(response, HttpResponseNotAllowed):
            page = render(request, "405.html", status=response.status_code)
            page["Allow"] = response["Allow"]
        elif settings.DEBUG and isinstance(response, HttpResponseNotFound):
            page = render(request, "404.html", status=response.status_code)
        else:
            return response
        patch_cache_control(page, private=True, no_store=True)
        return page


class KeptByNobodyMiddleware:
    """What the API answers an account stays in no cache, the asker's own included: values are withheld and held later on."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(("/api/v1/", "/access/", "/mcp", "/scim/")):
            patch_cache_control(response, private=True, no_store=True)
            patch_vary_headers(response, ["Authorization"])
        return response


class OutageMiddleware:
    """Without the database every address that needs it answers 503, wherever the lack was found.

    In a view, in what a template asks, or in another middleware, whose errors Django turns into answers by itself; so the
    signal of such errors tells. It stands outermost, and its page asks nothing.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        got_request_exception.connect(_note_outage)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if outage := getattr(request, "outage", None):
            response = problem_response(outage) if wants_problem(request) else _outage_page()
        say_when_to_retry(response)
        return response


def _note_outage(request: HttpRequest | None = None, **_: object) -> None:
    if request is not None and (outage := find_outage(sys.exc_info()[1])):
        request.outage = outage  # type: ignore[attr-defined]


def _outage_page() -> HttpResponse:
    response = HttpResponse(render_to_string("503.html"), status=Unavailable.status)
    response["Cache-Control"] = "no-store"
    return response


def _told(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A typed error in the form that the asker reads."""
    if wants_problem(request):
        return problem_response(error)
    return with_headers(render(request, "problem.html", {"problem": error}, status=error.status), error)


def _find_unclean(given: QueryDict) -> str | None:
    """The first name under which NUL was sent; names that hold one are themselves said without."""
    for name, values in given.lists():
        if "\0" in name or any("\0" in value for value in values):
            return name.replace("\0", "")
    return None


def _make_unclean(name: str) -> BadInput:
    return BadInput(f"The character NUL (%00) has no place in “{name}”.", field=name, code="nul")


def locked_out(request: HttpRequest, *_: object) -> HttpResponse:
    """What django-axes answers where passwords were tried too often, on every door alike."""
    error = TooManyTries()
    if wants_problem(request):
        return problem_response(error)
    page = render(request, "people/locked_out.html", {"problem": error}, status=error.status)
    return with_headers(page, error)
