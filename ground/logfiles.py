"""Logs of processes that write to one file: what was is kept for a while, and no file grows without end.

A file's older parts are `web.log.1` and so on, the newest first.
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

LARGEST = 10 * 1024 * 1024
KEPT = 5


def begin(path: Path) -> None:
    """Put what a file holds aside, so that a new process begins a new one."""
    if path.exists() and path.stat().st_size:
        _make_room(path)
        path.rename(_older(path, 1))


def keep_small(paths: Iterable[Path]) -> None:
    """Put aside what has grown too large while processes write to it.

    They hold the file open to append, so it is copied and emptied: what is written in between, in some milliseconds, is lost.
    """
    for path in paths:
        if path.stat().st_size > LARGEST:
            _make_room(path)
            shutil.copyfile(path, _older(path, 1))
            _older(path, 1).chmod(0o600)
            os.truncate(path, 0)


def _make_room(path: Path) -> None:
    """Let each older part be one older, and the oldest go."""
    for number in range(KEPT, 0, -1):
        if _older(path, number).exists():
            _older(path, number).replace(_older(path, number + 1))
    _older(path, KEPT + 1).unlink(missing_ok=True)


def _older(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")
