"""Clients that ask as fast as they are answered."""

import http.client
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import count

from msgspec import Struct


class Load(Struct, frozen=True):
    """What clients saw: the times of answers in milliseconds, how many seconds they took together, and how many failed.

    The seconds are those until the last answer was there, which may be long after the last question that was planned.
    """

    times: list[float]
    seconds: float
    failed: int

    @property
    def rate(self) -> float:
        """Answers a second: work that was done, over the time that it took."""
        return (len(self.times) - self.failed) / self.seconds

    def quantile(self, share: float) -> float:
        """The time that this share of answers did not exceed, in milliseconds."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def together(loads: list[Load]) -> Load:
    """Several turns as one."""
    return Load(
        [each for one in loads for each in one.times],
        sum(one.seconds for one in loads),
        sum(one.failed for one in loads),
    )


Replies = list[bytes]


def load(
    *,
    port: int,
    path: str,
    body: bytes | Sequence[bytes],
    token: str,
    clients: int,
    seconds: float,
    keep: Replies | None = None,
) -> Load:
    """Post `body`, or several in turn, from so many clients at once for so long, each on one connection.

    `keep` gathers what comes back.
    """
    bodies = _in_turn([body] if isinstance(body, bytes) else body)
    times: list[list[float]] = [[] for _ in range(clients)]
    failed = [0] * clients
    began = time.perf_counter()
    end = began + seconds
    threads = [
        threading.Thread(
            target=_client, args=(port, path, bodies, token, end, times[each], failed, each, keep)
        )
        for each in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    return Load([each for mine in times for each in mine], took, sum(failed))


def _in_turn(bodies: Sequence[bytes]) -> Iterator[bytes]:
    """These, over and over, one after the other whichever client takes the next."""
    return map(bodies.__getitem__, map(len(bodies).__rmod__, count()))  # in C, so that threads may share it


def _client(
    port: int,
    path: str,
    bodies: Iterator[bytes],
    token: str,
    end: float,
    times: list,
    failed: list,
    me: int,
    keep: Replies | None,
) -> None:
    headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        while time.perf_counter() < end:
            began = time.perf_counter()
            connection.request("POST", path, next(bodies), headers)
            response = connection.getresponse()
            reply = response.read()
            if keep is not None:
                keep.append(reply)
            times.append((time.perf_counter() - began) * 1000)
            failed[me] += response.status != 200
