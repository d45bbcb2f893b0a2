"""What the tests of the ground ask about processes."""

import os
import time
from collections.abc import Callable


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def becomes_true(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Whether a condition holds before so many seconds have passed."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
