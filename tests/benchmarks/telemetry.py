"""What figures for Prometheus, log lines as JSON and traces cost a check: the same server with all and with none, in turns."""

import http.server
import json
import os
import secrets
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import web_server
from tests.benchmarks import harness
from tests.benchmarks.checks import CHECKS, CLIENTS, _line, _prepare
from tests.benchmarks.decisions import _family
from tests.benchmarks.load import load, together

TURNS, SECONDS = 12, 4.0
MOST = 0.05


def run() -> list[dict]:
    """Rates with and without, how the turns differ, and the time of one scrape; aim: under 5 % at the median turn."""
    with harness.installation(), tempfile.TemporaryDirectory() as folder, _collector() as collector:
        token, question = _prepare()
        body = [json.dumps(question).encode()]
        secret = secrets.token_urlsafe(32)
        told = {
            "PROMETHEUS_TOKEN": secret,
            "PROMETHEUS_FOLDER": folder,
            "LOG_FORMAT": "json",
            "LOG_LEVEL": "INFO",
            "TRACES_URL": f"http://127.0.0.1:{collector.server_port}/v1/traces",
        }
        address = os.environ["DATABASE_URL"]
        logs = [harness.FOLDER.parent / f"bench-{name}.log" for name in ("plain", "telling")]
        with (
            web_server.started(address, log=logs[0]) as plain,
            web_server.started(address, log=logs[1], **told) as telling,
        ):
            ports, family = (
                (plain.port, telling.port),
                [_family(each.process.pid) for each in (plain, telling)],
            )
            _turn(ports, body, token, 0)  # to warm up
            before = [_spent(each) for each in family]
            turns = [_turn(ports, body, token, number) for number in range(TURNS)]
            spent = [_spent(each) - begun for each, begun in zip(family, before, strict=True)]
            scrape, written = _scrape(telling.port, secret), logs[1].read_text().count('"Answered."')
    without, with_both = (together([turn[place] for turn in turns]) for place in (0, 1))
    costs = [1 - turn[1].rate / turn[0].rate for turn in turns]
    cost, failed = statistics.median(costs), without.failed + with_both.failed
    work = [each / len(load.times) * 1000 for each, load in zip(spent, (without, with_both), strict=True)]
    more = work[1] / work[0] - 1
    quarters = statistics.quantiles(costs, n=4)
    return [
        _line("check with none of it: rate", without.rate, "1/s"),
        _line("check with figures, JSON lines and traces: rate", with_both.rate, "1/s"),
        _line("what all cost, median turn", cost * 100, "%", f"under {MOST:.0%}", cost < MOST),
        _line("the same, lower quartile of turns", quarters[0] * 100, "%"),
        _line("the same, upper quartile of turns", quarters[2] * 100, "%"),
        _line("a check with none of it: processor time", work[0], "ms"),
        _line("the same with all", work[1], "ms"),
        _line("what all cost in processor time", more * 100, "%", f"under {MOST:.0%}", more < MOST),
        _line("one scrape", scrape * 1000, "ms"),
        _line("traces that were sent", _Collector.taken / 1024, "KiB", "some", _Collector.taken > 0),
        _line(
            "lines written", written, "", "one a request", written >= with_both.rate * SECONDS * TURNS * 0.9
        ),
        _line("answers that were not 200", failed, "", "none", not failed),
    ]


class _Collector(http.server.BaseHTTPRequestHandler):
    """Takes traces, counts their bytes and keeps nothing."""

    taken = 0

    def do_POST(self) -> None:
        _Collector.taken += len(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _collector() -> Iterator[http.server.HTTPServer]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def _turn(ports: tuple[int, int], body: list[bytes], token: str, number: int) -> list:
    """One after the other, the first in turns as well, so that whoever comes first has no advantage."""
    seen = {}
    for place in (0, 1) if number % 2 else (1, 0):
        seen[place] = load(
            port=ports[place], path=CHECKS, body=body, token=token, clients=CLIENTS, seconds=SECONDS
        )
    return [seen[0], seen[1]]


def _spent(pids: list[int]) -> float:
    """Seconds of processor time of these processes, which other work on the machine changes little (Linux)."""
    fields = [Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split() for each in pids]
    return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")


def _scrape(port: int, secret: str) -> float:
    taken = []
    for _ in range(20):
        begun = time.perf_counter()
        assert (
            web_server.get(port, "/-/prometheus", Host="127.0.0.1", Authorization=f"Bearer {secret}")[0]
            == 200
        )
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)
