"""Doors of programs stand before what browsers alone need: sessions, CSRF, messages, languages, locks of sign-in, pages of errors.

A door knows whoever asks by the token that comes with each request, so that a third site's form, which brings cookies and no token, can
do nothing there. What protects every address stands further out and is passed by all: request ids, figures, outages, caches,
HTTPS and its headers. Whatever is asked otherwise than plainly (another method, a query, a cookie) goes the long way to the same view.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, ResolverMatch, resolve, reverse
from django.utils import translation

# By the names of their routes. Each takes POST alone, knows its asker by a token, and reads no cookie.
DOORS = ("api-checks", "api-queries", "api-use-checks", "access/v1/evaluation", "access/v1/evaluations")


class ShortWayMiddleware:
    """Answer a plain POST to a door by its view, with the headers that the middleware within would give."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._headers = {
            "X-Frame-Options": settings.X_FRAME_OPTIONS,
            "Content-Language": settings.LANGUAGE_CODE,
            HEADER: build_policy(),
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        door = _find_door(request)
        if door is None:
            return self.get_response(request)
        request.get_host()  # raises for one that is none of ours
        translation.activate(
            settings.LANGUAGE_CODE
        )  # whoever asked before on this thread may have had another
        response = _answer(request, door)
        for name, value in self._headers.items():
            response[name] = value
        response["Content-Length"] = str(len(response.content))
        return response


def _find_door(request: HttpRequest) -> ResolverMatch | None:
    """The door that is plainly asked; None where it is no door, or there is more to look at."""
    if request.method != "POST" or request.META.get("QUERY_STRING") or "HTTP_COOKIE" in request.META:
        return None
    return _list_doors(settings.ROOT_URLCONF).get(request.path_info)


@cache
def _list_doors(_addresses: str) -> Mapping[str, ResolverMatch]:
    """The doors by their addresses; a site that has not all of them (a test's) has the others."""
    found = {}
    for name in DOORS:
        try:
            path = reverse(name)
        except NoReverseMatch:
            continue
        found[path] = resolve(path)
    return found


def _answer(request: HttpRequest, door: ResolverMatch) -> HttpResponse:
    request.resolver_match = door
    if (routed := getattr(request, "when_routed", None)) is not None:
        routed()
    response: Any = door.func(request, *door.args, **door.kwargs)
    answered: HttpResponse = response.render() if callable(getattr(response, "render", None)) else response
    return answered
