"""Traces (issue 19, 2): off until told, a span a request with the steps of the line in it, and nothing that names anybody."""

import socket
import time

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import resolve
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from governance.config.operating_settings import read_operating
from governance.config.request_ids import current
from governance.config.telemetry import tracing
from ground import traces
from tests.governance.decisions.conftest import governed, house, stopped
from tests.governance.decisions.test_answer import ask

__all__ = ["governed", "house", "stopped"]


@pytest.fixture
def kept(settings, tmp_path, monkeypatch):
    """What a collector would be sent."""
    exporter = InMemorySpanExporter()
    settings.OPERATING = read_operating(
        {"TRACES_URL": "http://127.0.0.1:1/v1/traces", "TRACES_SHARE": "1"}, tmp_path
    )
    monkeypatch.setattr(tracing, "begin", lambda _url: tracing.make_tracer(SimpleSpanProcessor(exporter)))
    yield exporter
    traces.tell(None)


def pass_through(path: str, view=lambda: None) -> None:
    """A request as Django leads it through the middleware: its view is known before it is called."""

    def respond(asked):
        asked.resolver_match = resolve(asked.path_info)
        middleware.process_view(asked, None, (), {})
        view()
        return HttpResponse(status=404)

    middleware = tracing.TracingMiddleware(respond)
    middleware(RequestFactory().get(path, {"name": "anna-berg"}))


def test_they_are_off_until_told(tmp_path):
    assert not [each for each in read_operating({}, tmp_path).middleware if "tracing" in each]
    assert traces._begin == []
    for wrong in ({"TRACES_URL": "collector:4318"}, {"TRACES_SHARE": "2"}, {"TRACES_SHARE": "all"}):
        with pytest.raises(ImproperlyConfigured, match=next(iter(wrong))):
            read_operating(wrong, tmp_path)


@pytest.mark.django_db
def test_a_request_is_one_span_and_the_steps_of_the_line_stand_in_it(kept, house):
    pass_through("/api/v1/queries", lambda: ask(house.manager))
    spans = {each.name: each for each in kept.get_finished_spans()}
    whole = spans.pop("api-queries")
    assert set(spans) == {"line.hold", "line.facts", "line.rows", "line.record", "line.receipt"}
    for each in spans.values():
        assert each.parent.span_id == whole.context.span_id
        assert whole.start_time <= each.start_time <= each.end_time <= whole.end_time
    assert whole.attributes["http.response.status_class"] == "4xx"


def test_nothing_in_it_names_anybody_and_some_pages_are_no_span(kept):
    """Issue 12, 7: one span more would tell that somebody has just looked at what is held about them."""
    pass_through("/api/v1/metrics/anna-berg")
    pass_through("/about-me")
    pass_through("/appeals")
    [one] = kept.get_finished_spans()
    assert one.name == "api-metric" and "anna" not in one.to_json()


@pytest.mark.parametrize(
    ("said", "told"),
    [("anna-berg", False), ("12345678", False), ("8f14e45fceea467a9af0f0c3b1d2e3f4", True), ("2f1b7c1e-8d3a-4a55-9d0e-5b8f6a7c1d2e", True)],
)  # fmt: skip
def test_a_request_id_is_told_where_it_is_one_that_a_program_drew(kept, said, told):
    """Whoever asks chooses it, and a gateway may put there who asks."""
    token = current.set(said)
    try:
        pass_through("/api/v1/metrics/anna-berg")
    finally:
        current.reset(token)
    [one] = kept.get_finished_spans()
    assert one.attributes.get("request.id") == (said if told else None)


def test_of_what_is_not_drawn_nothing_is_told(kept, settings):
    """Issue 19, Measured: all of it costs a check too much, so a share is drawn."""
    settings.OPERATING = settings.OPERATING._replace(traces_share=0.0)
    pass_through("/api/v1/metrics/anna-berg", traces.traced("step")(int))
    assert kept.get_finished_spans() == ()


def test_outside_of_a_request_nothing_is_told(kept):
    tracing.TracingMiddleware(lambda _asked: HttpResponse())
    assert traces.traced("step")(lambda: 5)() == 5
    assert kept.get_finished_spans() == ()


def test_a_collector_that_does_not_answer_does_not_keep_a_server_from_ending(monkeypatch):
    """Issue 19, 2: it takes what is sent and says nothing; a server that ends waits for that no longer than for a moment."""
    monkeypatch.setattr(tracing, "LAST_WORDS_SECONDS", 0.2, raising=False)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        tracer = tracing.begin(f"http://127.0.0.1:{silent.getsockname()[1]}/v1/traces")
        tracer.start_span("line.hold").end()
        begun = time.monotonic()
        tracer.span_processor.shutdown()  # type: ignore[attr-defined]  # the SDK's own has one
        assert time.monotonic() - begun < 4  # one try alone takes five seconds
