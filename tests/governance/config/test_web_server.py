"""The web server under those who mean it ill, under several threads, and while it is stopped."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

import psycopg
import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from governance.config import openapi, web
from tests import databases, factories, web_server
from tests.governance.decisions.conftest import NOON, governed, house, stopped
from tests.governance.decisions.test_answer import LEAD_TIME, RANKING
from tests.proof import whole_or_short
from tests.web_server import Started, get, post

__all__ = ["governed", "house", "stopped"]

CONNECTIONS, SECONDS = whole_or_short(200, 40), whole_or_short(60, 4)
# A sign-in whose body Django begins to read before it knows anybody: two bytes of 5000.
UNFINISHED = "\r\n".join([
    "POST /sign-in HTTP/1.1", "Host: localhost", f"Cookie: csrftoken={'x' * 32}",
    "Content-Type: application/x-www-form-urlencoded", "Content-Length: 5000", "", "a=",
]).encode()  # fmt: skip
FLOODED = ("/api/schema/", "/admin/login/")


@pytest.fixture
def dsn(server, committed_db) -> str:
    return databases.runtime_url(server, committed_db)


@pytest.fixture
def token(house) -> str:
    return factories.a_token(house.manager)


@pytest.fixture
def started(dsn, house, tmp_path) -> Iterator[Started]:
    """A server of the governed house, at its noon, whose connections to the database are soon old."""
    with web_server.started(
        dsn,
        log=tmp_path / "web.log",
        API_RATE="1000000/min",
        CONN_MAX_AGE="1",
        CLOCK_OFFSET=str((NOON - datetime.now(UTC)).total_seconds()),
    ) as started:
        yield started


@contextmanager
def holding(port: int, sent: bytes, times: int) -> Iterator[None]:
    """So many connections that have sent this, and stay."""
    with ExitStack() as stack:
        for _ in range(times):
            held = stack.enter_context(socket.create_connection((web.HOST, port), timeout=10))
            held.sendall(sent)
        yield


@contextmanager
def flooding(port: int, path: str, clients: int) -> Iterator[None]:
    """So many clients that ask for a page as fast as they get it."""
    over = threading.Event()

    def ask_on() -> None:
        while not over.is_set():
            assert get(port, path)[0] == 200

    with ThreadPoolExecutor(clients) as pool:
        asking = [pool.submit(ask_on) for _ in range(clients)]
        try:
            yield
        finally:
            over.set()
    for each in asking:
        each.result()


def usual_time(ask: Callable[[], int], seconds: float) -> float:
    """The time within which nine of ten answers came, asking on for so many seconds; each must be 200."""
    times, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        assert ask() == 200
        times.append(time.monotonic() - began)
        time.sleep(0.05)
    return sorted(times)[len(times) * 9 // 10]


def soon_enough(port: int, token: str) -> float:
    """A second, or on a machine that is busy with other things what it makes of that: twenty times as long as without attack."""
    return max(1.0, 20 * usual_time(lambda: check(port, token), 1.0))


def check(port: int, token: str) -> int:
    return post(port, "/api/v1/checks", LEAD_TIME, token=token, timeout=10)[0]


@pytest.mark.proof(alone=True)
@pytest.mark.committed
def test_requests_that_never_end_hold_nobody_up(started, token):
    """Issue 9: one connection with two bytes of 5000 stopped every answer; now 200 of them slow none."""
    soon = soon_enough(started.port, token)
    with holding(started.port, UNFINISHED, CONNECTIONS):
        assert usual_time(lambda: get(started.port, "/healthz", timeout=10)[0], SECONDS / 2) < soon
        assert usual_time(lambda: check(started.port, token), SECONDS / 2) < soon


@pytest.mark.proof(alone=True)
@pytest.mark.committed
@pytest.mark.parametrize("path", FLOODED)
def test_eight_clients_of_one_page_hold_nobody_up(started, token, path):
    """Issue 9: eight clients of the API's document made a check take 12 s."""
    soon = soon_enough(started.port, token)
    with flooding(started.port, path, 8):
        assert usual_time(lambda: check(started.port, token), SECONDS / 2) < soon


@pytest.mark.proof(alone=True)
@pytest.mark.committed
def test_each_thread_has_one_connection_to_the_database_and_answers_its_own_asker(started, house, token, dsn):
    """Issue 9: several threads mix no answers up, and leave no connection behind when nobody asks for a while."""
    other = factories.a_token(house.stranger)
    asked = [(token, LEAD_TIME), (other, LEAD_TIME), (token, RANKING)]

    def ask(number: int) -> tuple[int, list[str]]:
        whose, question = asked[number % len(asked)]
        status, body = post(started.port, "/api/v1/queries", question, token=whose)
        return status, [each["id"] for each in json.loads(body)["rules"]]

    alone = [ask(number) for number in range(len(asked))]
    assert [status for status, _ in alone] == [200, 403, 403] and alone[1] != alone[2]
    for _ in range(3):
        with ThreadPoolExecutor(12) as pool:
            assert list(pool.map(ask, range(36))) == alone * 12
        assert connections_of(dsn) <= web.THREADS
        time.sleep(1.2)  # longer than CONN_MAX_AGE


def connections_of(dsn: str) -> int:
    """How many connections the web server has to its database."""
    with psycopg.connect(dsn) as connection:
        counted = connection.execute(
            """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
               AND application_name = 'metric-charter' AND pid <> ALL(%s)""",
            [[connection.info.backend_pid]],
        ).fetchone()[0]
    return counted - 1  # the test's own


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["json", "yaml"])
def test_the_document_is_made_once_however_many_ask(form, monkeypatch):
    """Issue 9: the API's document was made for each who asked, which took a second of everybody's time."""
    made, generate = [], SchemaGenerator.get_schema

    def counted(*args, **kwargs):
        made.append(1)
        return generate(*args, **kwargs)

    monkeypatch.setattr(SchemaGenerator, "get_schema", counted)
    for cache in (openapi._rendered, openapi._document):
        cache.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(openapi.rendered, [form] * 8))
    assert len(made) == len(found) == 1
    assert Client().get(f"/api/schema/?format={form}").content == found.pop()


# The server alone, with an application of the test's own.


@contextmanager
def serving(application) -> Iterator[tuple[web.WebServer, int]]:
    server = web.make_server(application, port=0)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server, int(server.effective_port)
    finally:
        server.stop()
        thread.join(30)
    assert not thread.is_alive()


def echo(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def test_a_request_has_a_deadline_and_a_size(monkeypatch):
    """Issue 9: a body is complete, under a deadline and a size, before it costs a thread; dripping does not help."""
    monkeypatch.setattr(web, "REQUEST_SECONDS", 1)
    monkeypatch.setattr(web, "CLEANUP_SECONDS", 0)
    with serving(echo) as (_, port), socket.create_connection((web.HOST, port), timeout=10) as slow:
        slow.sendall(UNFINISHED)
        began = time.monotonic()
        with pytest.raises(OSError):
            while time.monotonic() < began + 20:
                slow.sendall(b" ")
                time.sleep(0.1)
        assert time.monotonic() - began < 15
        with socket.create_connection((web.HOST, port), timeout=10) as big:
            big.sendall(
                f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {web.BODY_BYTES + 1}\r\n\r\n".encode()
            )
            assert big.recv(100).startswith(b"HTTP/1.1 413")


def test_a_stop_loses_no_answer_under_way():
    """Issue 9: whoever has asked is answered, and nobody can ask any more."""
    reached, go_on = threading.Event(), threading.Event()

    def slow(environ, start_response):
        reached.set()
        go_on.wait(10)
        start_response("200 OK", [("Content-Length", "3000000")])
        return [b"x" * 3_000_000]

    with serving(slow) as (server, port), ThreadPoolExecutor(1) as pool:
        answer = pool.submit(get, port, "/")
        assert reached.wait(10)
        server.stop()
        time.sleep(0.2)
        with pytest.raises(OSError):
            get(port, "/", timeout=5)
        go_on.set()
        status, body = answer.result()
        assert (status, len(body)) == (200, 3_000_000)
