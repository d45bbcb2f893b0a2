"""A command in the shell goes by the clock of the demo whose database it works on, as the demo's pages do."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from governance.demo.state import State

PROJECT = Path(__file__).resolve().parents[3]
SAY = "from django.conf import settings; from ground import clock; print(clock.now().date(), settings.WAREHOUSE_URL)"
AWAY = timedelta(days=-400)
MOVED = str((datetime.now(UTC) + AWAY).date())


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder with a demo whose clock stands four hundred days back."""
    (tmp_path / "demo").mkdir()
    State("made up", "0", AWAY.total_seconds()).write(tmp_path / "demo")
    return tmp_path


def says(folder: Path, **more: str) -> list[str]:
    """The date and the warehouse that a command of manage.py goes by."""
    left = {"CLOCK_OFFSET", "DATABASE_URL", "WAREHOUSE_URL"}
    kept = {name: value for name, value in os.environ.items() if name not in left}
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", SAY],
        cwd=PROJECT,
        env={**kept, "VAR_DIR": str(folder), **more},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_a_command_goes_by_the_demos_clock_and_warehouse(folder):
    """DESIGN, Ground rules: the demo has its own day; `manage.py ask` asks on that day, of the same facts."""
    assert says(folder) == [MOVED, f"duckdb://{folder}/demo/warehouse.duckdb"]


def test_what_the_environment_says_stands(folder):
    """Another database has no demo, and a clock that was set is meant."""
    today = str(datetime.now(UTC).date())
    assert says(folder, DATABASE_URL="postgresql://somebody@elsewhere/database") == [today]
    assert says(folder, CLOCK_OFFSET="0")[0] == today


def test_a_folder_without_a_demo_or_with_a_damaged_one_moves_nothing(folder):
    """A damaged state stops the demo alone, which says so."""
    (folder / "demo" / "state.json").write_text("{")
    assert says(folder) == [str(datetime.now(UTC).date())]
    (folder / "demo" / "state.json").unlink()
    assert says(folder) == [str(datetime.now(UTC).date())]
