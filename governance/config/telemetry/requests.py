"""Requests counted and timed by the name of their route, over all processes of this host."""

import logging
import time
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Histogram

from governance.config.operating_settings import JSON
from governance.config.telemetry.merging import merge

log = logging.getLogger(__name__)

NAME = "metric_charter_http_request_seconds"
SECONDS = Histogram(
    NAME,
    "How long requests took, by the name of their route and the class of their status.",
    ["route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
    registry=CollectorRegistry(),
)

# Where no route is found, and where a count would tell that somebody has just appealed, looked at what is held about them or
# answered the pulse: in one with the page that everybody opens, so that it tells nothing.
OTHER = "other"
_TELLING = ("appeal", "api-appeal", "about-me", "api-about-me", "strain-pulse", "api-strain-pulse", "home")


class TelemetryMiddleware:
    """Count and time each request, and write a line of it where lines are JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._counts, self._writes = bool(settings.OPERATING.token), settings.OPERATING.log_format == JSON
        if self._counts:  # web servers alone come here: a worker need not be able to write there
            settings.OPERATING.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            merge(settings.OPERATING.folder)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        took = time.perf_counter() - begun
        route = name_route(request)
        if self._counts:
            _find_count(route, response.status_code // 100).observe(took)
        if self._writes and log.isEnabledFor(logging.INFO):
            log.handle(_Answered(route, response.status_code, round(took * 1000, 1)))
        return response


@cache
def _find_count(route: str, hundreds: int) -> Histogram:
    """Looked up once: there are no more than routes and classes of status."""
    return SECONDS.labels(route, f"{hundreds}xx")


class _Answered(logging.LogRecord):
    """The line of a request, without the look at the stack that finds out where a line comes from: it comes from here."""

    def __init__(self, route: str, status: int, ms: float) -> None:
        place = TelemetryMiddleware.__call__.__code__.co_firstlineno
        super().__init__(log.name, logging.INFO, __file__, place, "Answered.", (), None, "__call__")
        self.route, self.status, self.ms = route, status, ms


def name_route(request: HttpRequest) -> str:
    """The name of the route that answered, never its arguments; `other` where there is none or it would tell too much."""
    match = request.resolver_match
    name = match.view_name if match else ""
    return OTHER if not name or name.startswith(_TELLING) else name
