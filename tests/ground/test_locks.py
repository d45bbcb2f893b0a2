"""A lock belongs to its living holders and to nobody after them."""

import os
import subprocess
from pathlib import Path

from ground import locks


def test_second_taker_is_told(tmp_path: Path) -> None:
    """Issue 2, bad input: two demos at once, and the second knows."""
    first = locks.take(tmp_path / "lock", wait=False)
    assert first is not None
    assert locks.take(tmp_path / "lock", wait=False) is None
    assert locks.is_held(tmp_path / "lock")
    os.close(first)
    assert not locks.is_held(tmp_path / "lock")


def test_child_that_inherits_the_lock_holds_it_until_it_ends(tmp_path: Path) -> None:
    """Issue 2, item 1: a server's lock lives as long as its processes, whoever took it."""
    descriptor = locks.take(tmp_path / "lock", wait=True)
    assert descriptor is not None
    child = subprocess.Popen(["sleep", "300"], pass_fds=[descriptor])
    os.close(descriptor)
    assert locks.is_held(tmp_path / "lock")
    child.kill()
    child.wait()
    assert not locks.is_held(tmp_path / "lock")


def test_asking_makes_no_file(tmp_path: Path) -> None:
    """A question leaves nothing behind."""
    assert not locks.is_held(tmp_path / "lock")
    assert not (tmp_path / "lock").exists()
