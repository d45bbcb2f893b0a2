"""Clients that ask as fast as they are answered."""

import http.client
import threading
import time

from msgspec import Struct


class Load(Struct, frozen=True):
    """What clients saw: answers a second, and the times of answers in milliseconds."""

    rate: float
    p50: float
    p99: float
    failed: int


def load(*, port: int, path: str, body: bytes, token: str, clients: int, seconds: float) -> Load:
    """Post `body` from so many clients at once for so long, each on one connection."""
    times: list[list[float]] = [[] for _ in range(clients)]
    failed = [0] * clients
    end = time.perf_counter() + seconds
    threads = [
        threading.Thread(target=_client, args=(port, path, body, token, end, times[each], failed, each))
        for each in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = sorted(t for mine in times for t in mine)
    return Load(len(every) / seconds, _quantile(every, 0.5), _quantile(every, 0.99), sum(failed))


def _client(
    port: int, path: str, body: bytes, token: str, end: float, times: list, failed: list, me: int
) -> None:
    headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while time.perf_counter() < end:
        began = time.perf_counter()
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        response.read()
        times.append((time.perf_counter() - began) * 1000)
        failed[me] += response.status != 200


def _quantile(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))] if values else float("nan")
