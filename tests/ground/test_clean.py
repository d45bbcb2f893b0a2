"""Cleaning removes what was made here and nothing else, and never under a running server."""

import os
from pathlib import Path

import pytest

from ground import clean, locks


def make(project: Path, *paths: str) -> None:
    for path in paths:
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).touch()


def test_removes_what_was_made_and_nothing_else(tmp_path: Path) -> None:
    """Issue 2, item 10: `make clean` leaves the sources, the environment and the packages of Node alone."""
    made = (
        "var/postgres/data/PG_VERSION",
        ".mypy_cache/a",
        "ground/__pycache__/a.pyc",
        "ground/b/__pycache__/a.pyc",
    )
    kept = "ground/a.py", ".venv/lib/__pycache__/a.pyc", "frontend/node_modules/__pycache__/a.pyc"
    make(tmp_path, *made, *kept)
    assert clean.main(tmp_path) == 0
    assert not any((tmp_path / path).exists() for path in made)
    assert all((tmp_path / path).exists() for path in kept)
    assert not (tmp_path / "var").exists()


def test_removes_what_lies_in_memory_too(tmp_path: Path) -> None:
    """Issue 8, 6: the suite's databases lie in memory where there is room, behind a link."""
    project, memory = tmp_path / "project", tmp_path / "memory"
    make(memory, "data/PG_VERSION", "server.lock")
    (project / "var").mkdir(parents=True)
    (project / "var" / "test-postgres").symlink_to(memory)
    held = locks.take(memory / "server.lock", wait=False)
    assert held is not None and clean.main(project) == 1 and memory.exists()
    os.close(held)
    assert clean.main(project) == 0
    assert not memory.exists() and not (project / "var").exists()


def test_refuses_while_something_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Issue 2, item 1: a running demo keeps its folder; the message says where it runs and what to do."""
    make(tmp_path, "var/postgres/data/PG_VERSION", "var/postgres/server.lock")
    held = locks.take(tmp_path / "var" / "postgres" / "server.lock", wait=False)
    assert held is not None
    assert clean.main(tmp_path) == 1
    assert "var/postgres: stop the demo" in capsys.readouterr().err
    assert (tmp_path / "var" / "postgres" / "data" / "PG_VERSION").exists()
    os.close(held)
    assert clean.main(tmp_path) == 0
