"""The demo's beat and worker: started again when they end or stand still, ever more rarely, and said to be."""

from pathlib import Path

import pytest

from governance.installation.background import DELAYS, STEADY_SECONDS, Background, Kept


class Process:
    """What the guard gives, as far as it is asked."""

    def __init__(self) -> None:
        self.status: int | None = None

    def poll(self) -> int | None:
        return self.status

    def stop(self) -> int:
        self.status = 0
        return 0


class World:
    """Processes that were started, what was said, and a clock to turn."""

    def __init__(self) -> None:
        self.started: list[Process] = []
        self.said: list[str] = []
        self.seconds = 0.0
        self.still: set[str] = set()

    def start(self) -> Process:
        self.started.append(Process())
        return self.started[-1]

    def kept(self, name: str = "worker") -> Kept:
        return Kept(name, self.start, Path(f"{name}.log"), self.said.append, lambda: self.seconds)


@pytest.fixture
def world() -> World:
    return World()


def end(world: World, kept: Kept) -> float:
    """End the process and wait until there is another; gives the seconds it took."""
    count, begun = len(world.started), world.seconds
    world.started[-1].status = 137
    while len(world.started) == count:
        kept.look()
        world.seconds += 0.5
    world.seconds -= 0.5
    return world.seconds - begun


def test_what_ends_is_started_again_and_said_to_be(world):
    """Issue 8, 9: the supervisor restarts a dead beat or pool, saying so."""
    kept = world.kept()
    assert end(world, kept) == DELAYS[0]
    assert world.said == [
        "The worker has ended (status 137); it is started again in 1 s. See worker.log.",
        "The worker runs again.",
    ]


def test_delays_grow_to_a_bound_and_begin_anew_after_a_steady_run(world):
    """Issue 8, 9: bounded backoff; what cannot start does not take the machine."""
    kept = world.kept()
    assert [end(world, kept) for _ in range(8)] == [*DELAYS, DELAYS[-1], DELAYS[-1]]
    world.seconds += STEADY_SECONDS
    assert end(world, kept) == DELAYS[0]


def test_what_is_ended_for_good_stays_so(world):
    """Issue 2, item 1: the demo ends with all it started."""
    kept = world.kept()
    kept.stop()
    assert world.started[0].status == 0 and len(world.started) == 1


@pytest.fixture
def both(world, tmp_path) -> Background:
    """A demo's beat and worker that have run for long."""
    made = Background(
        spawn=lambda command, log: world.start(),
        folder=tmp_path,
        say=world.said.append,
        listen=lambda: world.still,
        now=lambda: world.seconds,
    )
    world.seconds += 121
    return made


def listen(world: World, both: Background, *still: str, seconds: float = 5) -> None:
    """Let the demo look after its processes for so long, while these stand still."""
    world.still = set(still)
    for _ in range(int(seconds)):
        both.look_after()
        world.seconds += 1


def test_the_beat_is_replaced_where_it_is_silent_and_the_worker_where_it_does_nothing(both, world):
    """Issue 8, 9: a parent that lives while its children do nothing is no worker."""
    worker, beat = world.started
    listen(world, both, "beat", "tick")
    assert (worker.status, beat.status) == (None, 0)
    listen(world, both, "tick")
    assert worker.status == 0
    assert [line.split(";")[0] for line in world.said if "still" in line] == [
        "The beat stands still (beat, tick)",
        "The worker stands still (tick)",
    ]
    assert len(world.started) == 4


def test_neither_is_judged_before_it_had_its_time(both, world):
    """Issue 8, 9: what has only just been started may be silent for two minutes."""
    listen(world, both, "tick", seconds=120)
    assert [each.status for each in world.started] == [0, None, None]
    listen(world, both, "tick", seconds=10)
    assert [each.status for each in world.started] == [0, None, 0, None]


def test_a_rare_scan_that_hangs_costs_the_worker_once(both, world):
    """Issue 8, 9: an hourly scan gives its next sign in an hour; until then the new worker is left alone."""
    listen(world, both, "publishing", seconds=600)
    assert [each.status for each in world.started] == [0, None, None]
    listen(world, both)
    listen(world, both, "publishing")
    assert [each.status for each in world.started] == [0, None, 0, None]
