"""The web server as the demo and the how-to start it: a process of its own, on a database that is named."""

import http.client
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPMessage
from pathlib import Path
from typing import NamedTuple

from ground.guard import Guarded, spawn
from tests import databases

HOST = "127.0.0.1"


class Started(NamedTuple):
    """A server that answers: its port, and its guard."""

    port: int
    process: Guarded


@contextmanager
def started(dsn: str, *, log: Path, **more: str) -> Iterator[Started]:
    """Start one, and end it with the block."""
    port = free_port()
    environment = {**os.environ, "DATABASE_URL": dsn, "LOG_LEVEL": "WARNING", **more}
    command = [sys.executable, "-m", "governance.config.web", "--port", str(port)]
    with spawn(command, env=environment, cwd=databases.PROJECT, log=log, grace=20.0) as process:
        _wait_for(port, process, log)
        yield Started(port, process)


def free_port() -> int:
    with socket.socket() as free:
        free.bind((HOST, 0))
        return free.getsockname()[1]


def _wait_for(port: int, process: Guarded, log: Path) -> None:
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        try:
            get(port, "/healthz", timeout=5)
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The web server did not start:\n{log.read_text() if log.exists() else ''}")


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: HTTPMessage
    body: bytes


def get(port: int, path: str, *, timeout: float = 30.0, **headers: str) -> tuple[int, bytes]:
    """The status and body of an answer, on a connection of its own."""
    answer = ask(port, path, timeout=timeout, **headers)
    return answer.status, answer.body


def post(port: int, path: str, body: object, *, token: str, timeout: float = 30.0) -> tuple[int, bytes]:
    """What the API answers to a body of JSON."""
    headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
    answer = _ask(port, "POST", path, json.dumps(body).encode(), headers, timeout)
    return answer.status, answer.body


def ask(port: int, path: str, *, timeout: float = 30.0, **headers: str) -> Answer:
    """The same with its headers."""
    return _ask(port, "GET", path, None, headers, timeout)


def _ask(
    port: int, method: str, path: str, body: bytes | None, headers: dict[str, str], timeout: float
) -> Answer:
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()
