"""Seconds of processor time, which a busy machine disturbs least: of this process, and of all of the benchmark's PostgreSQL."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import harness


class Spent(NamedTuple):
    """Seconds: on the clock, of our process, and of PostgreSQL's processes."""

    clock: float
    ours: float
    theirs: float

    def since(self, before: "Spent") -> "Spent":
        """What was spent from then to now."""
        return Spent(*(now - then for now, then in zip(self, before, strict=True)))

    @property
    def processor(self) -> float:
        """Of both together."""
        return self.ours + self.theirs


def spent() -> Spent:
    """What was spent until now."""
    return Spent(time.perf_counter(), time.process_time(), _of_server())


def _of_server() -> float:
    """Of the server's processes that run, and of those that have ended, such as helpers of a statement."""
    server = int((harness.FOLDER / "data" / "postmaster.pid").read_text().split()[0])
    ended = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[13:15]
    return sum(map(int, ended)) / os.sysconf("SC_CLK_TCK") + sum(_running(server))


def _running(server: int) -> Iterator[float]:
    for each in Path("/proc").iterdir():
        try:
            if each.name.isdigit() and f"\nPPid:\t{server}\n" in (each / "status").read_text():
                yield int((each / "schedstat").read_text().split()[0]) / 1e9
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended meanwhile
