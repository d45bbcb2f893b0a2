"""A guarded command ends with its parent, whatever ends that, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ground.guard import spawn
from tests.ground.processes import becomes_true, is_alive

PROJECT = Path(__file__).resolve().parents[2]

# A command with a child in its group and, on Linux, one that left the group as daemons do.
FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen(["sleep", "300"])
stray = subprocess.Popen(["sleep", "300"], start_new_session=(sys.platform == "linux"))
with open(sys.argv[1] + ".new", "w") as file:
    file.write(f"{os.getpid()} {child.pid} {stray.pid} {os.getppid()}")
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(300)
"""

# A process of ours that guards the family and then waits to be killed.
PARENT = """
import sys, time
from ground.guard import spawn
guarded = spawn([sys.executable, "-c", sys.argv[1], sys.argv[2]], grace=2)
time.sleep(300)
"""


def read_pids(path: Path) -> list[int]:
    assert becomes_true(path.exists)
    return [int(pid) for pid in path.read_text().split()]


def start_parent(pids: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", PARENT, FAMILY, str(pids)], cwd=PROJECT)


def test_killed_parent_leaves_no_process(tmp_path: Path) -> None:
    """Issue 2, item 1: a killed parent leaves no child behind, nor its children's children, nor the guard."""
    parent = start_parent(tmp_path / "pids")
    family = read_pids(tmp_path / "pids")
    assert all(map(is_alive, family))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert becomes_true(lambda: not any(map(is_alive, family)))


def test_ctrl_c_in_the_terminal_reaches_the_parent_alone(tmp_path: Path) -> None:
    """Issue 2, item 1: Ctrl-C stops every child in the order that the parent chooses."""
    parent = start_parent(tmp_path / "pids")
    family = read_pids(tmp_path / "pids")
    groups = {os.getpgid(pid) for pid in family}
    assert os.getpgid(parent.pid) not in groups
    parent.kill()
    parent.wait()
    assert becomes_true(lambda: not any(map(is_alive, family)))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent died")
def test_killed_guard_takes_the_command_with_it(tmp_path: Path) -> None:
    """Issue 2, item 1: the command ends even when its guard is the one that is killed."""
    guarded = spawn(["sleep", "300"])
    children = Path(f"/proc/{guarded.pid}/task/{guarded.pid}/children")
    assert becomes_true(lambda: children.read_text().strip() != "")
    command = int(children.read_text())
    os.kill(guarded.pid, signal.SIGKILL)
    assert becomes_true(lambda: not is_alive(command))
    assert guarded.wait() == -signal.SIGKILL


def test_stop_ends_the_whole_family(tmp_path: Path) -> None:
    """Issue 2, item 1: stopping a command ends all that it started."""
    guarded = spawn([sys.executable, "-c", FAMILY, tmp_path / "pids"], grace=2)
    family = read_pids(tmp_path / "pids")
    assert guarded.poll() is None
    assert guarded.stop() == 128 + signal.SIGTERM
    assert not any(map(is_alive, family))
    assert guarded.stop() == 128 + signal.SIGTERM


def test_command_that_ignores_the_signal_is_killed_after_the_grace_time(tmp_path: Path) -> None:
    """Issue 2, item 1: no command outlives its parent by refusing to end."""
    ready = tmp_path / "ready"
    guarded = spawn(["sh", "-c", f"trap '' TERM; touch {ready}; while :; do sleep 0.1; done"], grace=0.5)
    assert becomes_true(ready.exists)
    began = time.monotonic()
    assert guarded.stop() == 128 + signal.SIGKILL
    assert 0.4 < time.monotonic() - began < 5


def test_command_chooses_its_last_words(tmp_path: Path) -> None:
    """Issue 2, item 1: a command hears the signal chosen for it, alone, and has the grace time to finish."""
    log, ready = tmp_path / "log", tmp_path / "ready"
    script = f"trap 'sleep 0.3; echo finished; exit 7' INT; touch {ready}; while :; do sleep 0.1; done"
    guarded = spawn(["sh", "-c", script], first_signal=signal.SIGINT, grace=10, log=log)
    assert becomes_true(ready.exists)
    assert guarded.stop() == 7
    assert log.read_text() == "finished\n"
    assert log.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (["true"], 0),
        (["sh", "-c", "exit 3"], 3),
        (["sh", "-c", "kill -9 $$"], 137),
        (["no-such-program"], 127),
    ],
)
def test_status_is_the_commands(command: list[str], status: int) -> None:
    """Issue 2, item 1: a parent sees how its command ended, and that it could not start."""
    assert spawn(command).wait(20) == status


def test_what_a_finished_command_left_running_ends_too(tmp_path: Path) -> None:
    """Issue 2, item 1: a command that crashes leaves no child of its own behind."""
    pids = tmp_path / "pids"
    guarded = spawn(["sh", "-c", f"sleep 300 & echo $! > {pids}; exit 5"], grace=2)
    assert guarded.wait(20) == 5
    assert not is_alive(int(pids.read_text()))


def test_inherited_descriptor_reaches_the_command(tmp_path: Path) -> None:
    """A lock that is handed down lives exactly as long as the command."""
    reading, writing = os.pipe()
    guarded = spawn([sys.executable, "-c", f"import os; os.write({writing}, b'held')"], keep=[writing])
    os.close(writing)
    assert guarded.wait(20) == 0
    assert os.read(reading, 100) == b"held"
    assert os.read(reading, 100) == b""
    os.close(reading)


def test_runs_by_hand() -> None:
    """`python -m ground.guard -- command` passes on output and status, and ends the command on SIGTERM."""
    by_hand = [sys.executable, "-m", "ground.guard", "--grace", "2", "--"]
    ran = subprocess.run(
        [*by_hand, "sh", "-c", "echo here; exit 4"], cwd=PROJECT, capture_output=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (4, b"here\n")
    asked = subprocess.Popen(
        [*by_hand, "sh", "-c", "echo here; exec sleep 300"], cwd=PROJECT, stdout=subprocess.PIPE
    )
    assert asked.stdout is not None
    assert asked.stdout.readline() == b"here\n"
    asked.terminate()
    assert asked.wait(20) == 128 + signal.SIGTERM
    asked.stdout.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may start a command as another user")
def test_root_starts_a_command_as_another_user(place: Path) -> None:
    """DESIGN, parts we build on: the database server drops to `nobody`, with no group of root's."""
    log = place / "log"
    guarded = spawn(["sh", "-c", "id -un; id -G"], user="nobody", log=log)
    assert guarded.wait(20) == 0
    name, groups = log.read_text().split("\n")[:2]
    assert name == "nobody"
    assert "0" not in groups.split()
