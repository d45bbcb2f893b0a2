"""Traces by OpenTelemetry, sent by its own protocol over HTTP: a span a request, and the steps of the line in it. Off until TRACES_URL is told.

A span bears the name of its route, the class of its status and the request's id where that was drawn at random, and nothing that names
anybody: no path, no body, no account, no text of an error. Requests that the figures count as `other` are no span at all, as one more would tell that somebody has just acted.
"""

import random
import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from opentelemetry.context import attach, detach
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Tracer, set_span_in_context

from governance.config.request_ids import current
from governance.config.telemetry.requests import OTHER, name_route
from ground import traces

SERVICE = "metric-charter"
# The id of a request is whatever its client says, which might be who it is; one that was drawn at random is told.
_DRAWN = re.compile(r"[0-9a-fA-F]{8}(-?)([0-9a-fA-F]{4}\1){3}[0-9a-fA-F]{12}")
LAST_WORDS_SECONDS = 2.0  # for which a process that ends waits until its last spans are sent


def make_tracer(processor: SpanProcessor) -> Tracer:
    """A tracer that hands ended spans to a processor. What the machine is called is not told."""
    provider = TracerProvider(resource=Resource({"service.name": SERVICE}))
    provider.add_span_processor(processor)
    return provider.get_tracer(SERVICE)


def begin(url: str) -> Tracer:
    """Send spans to a collector from now on, in a thread of their own; one that is away loses spans and nothing else."""
    return make_tracer(_Sending(OTLPSpanExporter(endpoint=url, timeout=5)))


class _Sending(BatchSpanProcessor):
    """The library's own, which otherwise lets a process that ends wait up to half a minute for a collector that is away."""

    def shutdown(self) -> None:
        self._batch_processor.shutdown(timeout_millis=int(LAST_WORDS_SECONDS * 1000))


class TracingMiddleware:
    """One span a request. Whoever asks does not say to which trace it belongs, so that nobody chooses what is kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        told = settings.OPERATING
        self.get_response, self.tracer, self._share = get_response, begin(told.traces_url), told.traces_share
        traces.tell(self._step)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = request.trace_begun = time.time_ns()  # type: ignore[attr-defined]
        # For whoever answers without the rest of the middleware, and so without Django's call (governance/config/short_way.py).
        request.when_routed = partial(self.process_view, request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if (under_way := vars(request).pop("trace_span", None)) is not None:
            span, token, before = under_way
            span.set_attribute("http.response.status_class", f"{response.status_code // 100}xx")
            if _DRAWN.fullmatch(asked := current.get()):
                span.set_attribute("request.id", asked)
            detach(token)
            traces.under_way.reset(before)
            span.end(max(time.time_ns(), begun))
        return response

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """Here the route is known, and with it whether there is a span; it began when the request came in."""
        # Drawn here and not by a sampler: a request that is not traced then costs nothing of it.
        if random.random() >= self._share:  # noqa: S311 - nobody gains by knowing
            return
        name = name_route(request)
        if name != OTHER:
            span = self.tracer.start_span(name, start_time=vars(request)["trace_begun"])
            vars(request)["trace_span"] = (
                span,
                attach(set_span_in_context(span)),
                traces.under_way.set(True),
            )

    def _step(self, name: str) -> AbstractContextManager[object]:
        return _SpanStep(self.tracer, name)


class _SpanStep(AbstractContextManager[object]):
    """A span in the one that is under way, at three quarters of the cost of the library's own, which also looks for errors to tell of."""

    def __init__(self, tracer: Tracer, name: str) -> None:
        self._span = tracer.start_span(name)

    def __enter__(self) -> None:
        self._token = attach(set_span_in_context(self._span))

    def __exit__(self, *_: object) -> None:
        detach(self._token)
        self._span.end()
