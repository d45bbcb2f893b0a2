"""Locks on files that the kernel drops when their last holder dies, so that no crash leaves one behind."""

import fcntl
import os
from pathlib import Path
from typing import Literal, overload


@overload
def take(path: Path, *, wait: Literal[True]) -> int: ...
@overload
def take(path: Path, *, wait: bool) -> int | None: ...
def take(path: Path, *, wait: bool) -> int | None:
    """Lock a file, making it where absent, and return its descriptor; close that to let go.

    Without `wait`, None means that somebody else holds it. A child that inherits the descriptor holds the
    lock too, until it ends.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def is_held(path: Path) -> bool:
    """Whether some process holds the lock on this file."""
    if not path.exists():
        return False
    descriptor = take(path, wait=False)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False
