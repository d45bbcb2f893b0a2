"""The beat and the worker as processes that are killed: /readyz says so, and the demo starts them again."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.test import Client

from governance.installation.background import Background, standing_still
from ground import clock, guard
from tests import databases, factories

pytestmark = pytest.mark.proof


class Clock:
    """A beat and a worker on a database of their own; what was said of them, and what /readyz says."""

    def __init__(self, folder: Path, dsn: str, patience: float, *, listens: bool) -> None:
        self._folder, self._dsn, self._patience = folder, dsn, patience
        self.said: list[str] = []
        self.background = Background(
            spawn=self._spawn,
            folder=folder,
            say=self.said.append,
            listen=lambda: standing_still(dsn, clock.now()) if listens else set(),
        )

    def _spawn(self, command, log: Path) -> guard.Guarded:
        environment = {
            **os.environ,
            "DATABASE_URL": self._dsn,
            "VAR_DIR": str(self._folder),
            "CELERY_BROKER_URL": "filesystem://",
            "CLOCK_STILL_SECONDS": str(self._patience),
        }
        return guard.spawn(command, env=environment, cwd=databases.PROJECT, log=log, grace=2.0)

    def readyz(self) -> tuple[int, set[str]]:
        """The status, and what stands still."""
        response = Client().get("/readyz")
        return response.status_code, {each["scan"] for each in response.json().get("standing_still", ())}

    def wait(
        self, until: Callable[[], object], seconds: float = 240.0, *, looked_after: bool = False
    ) -> None:
        deadline = time.monotonic() + seconds
        while not until():
            if looked_after:
                self.background.look_after()
            assert time.monotonic() < deadline, (self.said, self.readyz(), self._logs())
            time.sleep(0.1)

    def pool(self) -> list[int]:
        """The worker's process, and then its children's."""
        (celery,) = children(self.background.worker._process.pid)
        return [celery, *children(celery)]

    def _logs(self) -> str:
        return "\n".join(path.read_text()[-2000:] for path in self._folder.glob("*.log"))


def children(pid: int) -> list[int]:
    """Those that any of its threads has started: a child of the pool that is replaced is started by another thread."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(each) for listed in lists for each in listed.read_text().split()]


@pytest.fixture
def going(server, committed_db, tmp_path, settings, monkeypatch) -> Iterator[Callable[..., Clock]]:
    """Starts a clock, patient for so many seconds, whose keeper listens to signs of life or looks at processes alone."""
    monkeypatch.setattr("governance.config.health.is_broker_there", lambda: True)
    factories.the_rules()
    with ExitStack() as stack:

        def start(patience: float, *, listens: bool) -> Clock:
            settings.CLOCK_STILL_SECONDS = patience
            settings.LEDGER_PROMISE_SECONDS = 3600.0  # nobody sequences here
            made = Clock(tmp_path, databases.runtime_url(server, committed_db), patience, listens=listens)
            stack.callback(made.background.stop)
            made.wait(lambda: made.readyz()[0] == 200 and "scans.tick" in made._logs())
            return made

        yield start


def test_a_killed_beat_is_seen_and_started_again(going):
    """Issue 8, 9: killing it shows both, /readyz and the restart."""
    made = going(6, listens=False)
    (beat,) = children(made.background.beat._process.pid)
    os.kill(beat, signal.SIGKILL)
    made.wait(lambda: "beat" in made.readyz()[1])
    assert made.readyz()[0] == 503
    made.wait(lambda: made.readyz()[0] == 200, looked_after=True)
    assert any(line.startswith("The beat has ended (status 137)") for line in made.said), made.said


def test_a_killed_worker_is_seen_and_started_again(going):
    """Issue 8, 9: the tick is sent and nobody does it; /readyz names it while the beat goes on."""
    made = going(6, listens=False)
    os.kill(made.pool()[0], signal.SIGKILL)
    made.wait(lambda: made.readyz() == (503, {"tick"}))
    made.wait(lambda: made.readyz()[0] == 200, looked_after=True)
    assert any(line.startswith("The worker has ended") for line in made.said), made.said


@pytest.mark.proof(whole=True)
def test_a_worker_whose_children_do_nothing_is_replaced(going):
    """Issue 8, 9: the parent lives, its children do not: seen by the signs of life, since no process has ended."""
    made = going(10, listens=True)
    of_the_pool = made.pool()[1:]
    assert len(of_the_pool) == 2
    for child in of_the_pool:
        os.kill(child, signal.SIGSTOP)
    made.wait(lambda: made.readyz() == (503, {"tick"}))
    made.wait(lambda: made.readyz()[0] == 200, looked_after=True)
    assert any("stands still" in line and "tick" in line for line in made.said), made.said
