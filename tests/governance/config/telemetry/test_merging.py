"""Files of processes that are gone (issue 19, 2): put together in one, cut short or not, and nothing counted is lost or doubled."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from governance.config.telemetry import merging

COUNT = """
from prometheus_client import Histogram
seconds = Histogram("asked", "How long.", ["route"], buckets=(0.1, 1.0))
for took in (0.05, 0.5, 5.0):
    seconds.labels("home").observe(took)
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    """Two processes have counted there and are gone."""
    count(tmp_path, 2)
    return tmp_path


def count(folder: Path, times: int) -> None:
    told = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    for _ in range(times):
        subprocess.run([sys.executable, "-c", COUNT], env=told, check=True)


def read(folder: Path) -> list[str]:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))
    return sorted(line for line in generate_latest(registry).decode().splitlines() if line[0] != "#")


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.db"))


def test_files_of_processes_that_are_gone_become_one(folder):
    """It does not grow with restarts, and the sums, buckets and counts are what they were."""
    before = read(folder)
    merging.merge(folder)
    assert files(folder) == [merging.GONE] and read(folder) == before
    count(folder, 1)
    merging.merge(folder)
    assert files(folder) == [merging.GONE]
    assert 'asked_count{route="home"} 9.0' in read(
        folder
    ) and 'asked_bucket{le="1.0",route="home"} 6.0' in read(folder)


@pytest.mark.parametrize(
    "broken",
    [b"", b"\0\0", b"\x00\x20\0\0" + b"\0" * 12_000, b"\xff\xff\xff\x7f" + b"\0" * 60, b"\x40\0\0\0\0\0\0\0\x04\0\0\0\xff{]x" + b"\0" * 64],
)  # fmt: skip
def test_a_file_that_a_power_cut_left_half_written_keeps_no_web_server_from_starting(folder, broken):
    """What it counted is lost, and what the others have counted is not."""
    before = read(folder)
    (folder / "histogram_999999999.db").write_bytes(broken)
    merging.merge(folder)
    assert files(folder) == [merging.GONE] and read(folder) == before


def test_a_process_that_lives_keeps_its_file(folder):
    (own := folder / f"histogram_{os.getpid()}.db").write_bytes(b"")
    own.unlink()
    ended = next(folder.glob("*.db"))
    ended.rename(own)
    before = read(folder)
    merging.merge(folder)
    assert own.name in files(folder) and read(folder) == before


@pytest.mark.parametrize("at", range(6))
def test_cut_short_anywhere_the_next_finishes_it(folder, monkeypatch, at):
    """Killed between any two of its steps, nothing is lost, and nothing is told twice once somebody begins again."""
    before, left = read(folder), [at]

    def stop_after(step):
        def stepped(*given, **named):
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            return step(*given, **named)

        return stepped

    with monkeypatch.context() as patched:
        for name in ("replace", "unlink", "write_text"):
            patched.setattr(Path, name, stop_after(getattr(Path, name)))
        with contextlib.suppress(KeyboardInterrupt):
            merging.merge(folder)
    merging.merge(folder)
    assert read(folder) == before and files(folder) == [merging.GONE]
