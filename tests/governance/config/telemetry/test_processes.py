"""Two web servers on one host, without a database: counts are summed over both, and their log lines name nobody."""

import json
import os
import re
import secrets
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import web_server

TOKEN = secrets.token_urlsafe(32)
AWAY = "postgresql://nobody@127.0.0.1:1/nowhere"

ANSWERS = "governance.config.telemetry.requests"


class Two(NamedTuple):
    """Two servers that count in one folder, and their logs."""

    one: web_server.Started
    other: web_server.Started
    logs: list[Path]


@pytest.fixture(scope="module")
def two(tmp_path_factory) -> Iterator[Two]:
    folder = tmp_path_factory.mktemp("telemetry")
    logs = [folder / "one.log", folder / "other.log"]
    told = {
        "DEBUG": "true",
        "PROMETHEUS_TOKEN": TOKEN,
        "PROMETHEUS_FOLDER": str(folder / "counts"),
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "INFO",
    }
    with (
        web_server.started(AWAY, log=logs[0], **told) as one,
        web_server.started(AWAY, log=logs[1], **told) as other,
    ):
        yield Two(one, other, logs)


def read_figures(port: int) -> dict[str, float]:
    answer = web_server.ask(port, "/-/prometheus", Authorization=f"Bearer {TOKEN}")
    assert answer.status == 200
    lines = [line for line in answer.body.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def counted(figures: dict[str, float], route: str, status: str) -> float:
    return figures.get(f'metric_charter_http_request_seconds_count{{route="{route}",status="{status}"}}', 0.0)


def test_either_worker_tells_the_requests_of_both(two):
    """Issue 19, 2: summed over workers, and by route and class of status."""
    before = read_figures(two.one.port)
    for port, times in ((two.one.port, 3), (two.other.port, 4)):
        for _ in range(times):
            assert web_server.get(port, "/healthz")[0] == 200
            assert web_server.get(port, "/api/v1/metrics/anna-berg", Authorization="Token 0")[0] == 503
    for port in (two.one.port, two.other.port):
        figures = read_figures(port)
        assert counted(figures, "healthz", "2xx") - counted(before, "healthz", "2xx") == 7
        assert counted(figures, "api-metric", "5xx") - counted(before, "api-metric", "5xx") == 7
        assert figures["metric_charter_database_up"] == 0
        assert "anna" not in str(figures)


def test_a_line_of_the_log_is_json_with_the_requests_id_and_without_what_was_asked(two):
    """Issue 19, 2: the id of the client or one of ours; never an address, a body or a text from elsewhere."""
    asked = web_server.ask(two.one.port, "/people/anna-berg?name=berg", **{"X-Request-ID": "of-the-proxy-1"})
    assert asked.headers["X-Request-ID"] == "of-the-proxy-1"
    made = web_server.ask(two.one.port, "/healthz", **{"X-Request-ID": "<script>"}).headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", made)
    text = two.logs[0].read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert "anna" not in text and "berg" not in text
    [answered] = [each for each in lines if each.get("request_id") == made]
    told = {key: answered[key] for key in ("message", "route", "status")}
    assert told == {"message": "Answered.", "route": "healthz", "status": 200}
    failed = [each for each in lines if each.get("request_id") == "of-the-proxy-1"]
    assert [each["logger"] for each in failed] == ["django.request", ANSWERS, "django.request"]
    assert failed[0]["error"]["class"] == "django.db.utils.OperationalError"


def test_what_a_killed_server_has_counted_stays(two):
    """Issue 19, 2: a sum that fell with each restart would hide what came before it. The last test here: it ends one of the two."""
    for _ in range(5):
        assert web_server.get(two.other.port, "/healthz")[0] == 200
    before = counted(read_figures(two.one.port), "healthz", "2xx")
    children = Path(f"/proc/{two.other.process.pid}/task/{two.other.process.pid}/children").read_text()
    for child in children.split():  # the guard stands above the server
        os.kill(int(child), signal.SIGKILL)
    two.other.process.wait(30)
    with pytest.raises(OSError):
        web_server.get(two.other.port, "/healthz")
    assert counted(read_figures(two.one.port), "healthz", "2xx") == before >= 5
