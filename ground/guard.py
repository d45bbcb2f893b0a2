"""A command that ends, with all it started, when the process that wanted it ends, however that ends.

A parent calls `spawn()`. Between the two stands a guard, this file run as a program: it holds the reading
end of a pipe whose writing end only the parent has. When the parent is gone, by SIGKILL too, the kernel
closes the pipe and the guard ends the command. By hand: `python -m ground.guard -- command argument...`.

The guard imports the standard library alone and runs isolated, so that it starts in a few milliseconds.
"""

import argparse
import contextlib
import ctypes
import os
import pwd
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

# From linux/prctl.h.
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

# How long to wait for processes that were sent SIGKILL: one that hangs in the kernel must not hang us too.
KILL_SECONDS = 5.0


class Guarded:
    """The parent's handle on a guarded command."""

    def __init__(self, process: subprocess.Popen[bytes], lifeline: int, grace: float) -> None:
        self._process = process
        self._lifeline: int | None = lifeline
        self._grace = grace

    @property
    def pid(self) -> int:
        """The guard's process id; the command is its child."""
        return self._process.pid

    def poll(self) -> int | None:
        """The command's exit status once all it started is gone too (128 + n after signal n), or None."""
        status = self._process.poll()
        if status is not None:
            self._drop_lifeline()
        return status

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the command to end by itself; `subprocess.TimeoutExpired` after `timeout` seconds."""
        status = self._process.wait(timeout)
        self._drop_lifeline()
        return status

    def stop(self) -> int:
        """End the command and all it started, and return its exit status; harmless when it has ended."""
        self._process.terminate()
        self._drop_lifeline()
        try:
            return self.wait(self._grace + 2 * KILL_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _drop_lifeline(self) -> None:
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None


def spawn(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    log: Path | None = None,
    first_signal: signal.Signals = signal.SIGTERM,
    grace: float = 10.0,
    user: str | None = None,
    keep: Sequence[int] = (),
) -> Guarded:
    """Start a command under a guard that ends it when this process ends.

    To end it, the guard sends the command `first_signal`, then whatever outlives it the same, and SIGKILL
    after `grace` seconds. `log` receives its output (appended, mode 600), `user` is whom it runs as (root may
    choose), `keep` are descriptors that it inherits.
    """
    reading, writing = os.pipe()
    options = [
        "--lifeline",
        str(reading),
        "--first-signal",
        str(int(first_signal)),
        "--grace",
        str(grace),
    ]
    options += ["--user", user] if user else []
    options += [f"--keep={descriptor}" for descriptor in keep]
    output = _open_log(log) if log else None
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, *options, "--", *map(str, command)],
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(reading, *keep),
            # Ctrl-C in a terminal reaches the parent alone, which ends its commands in the order it wants.
            start_new_session=True,
        )
    except BaseException:
        os.close(writing)
        raise
    finally:
        os.close(reading)
        if output is not None:
            os.close(output)
    return Guarded(process, writing, grace)


def _open_log(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)


class _Command:
    """The guard's side: the command, its process group and the orphans it leaves."""

    def __init__(self, arguments: Sequence[str], first_signal: int, **popen: Any) -> None:
        self.status: int | None = None
        self._first_signal = first_signal
        self._process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_ending_with_parent(first_signal),  # noqa: PLW1509 (the guard has one thread)
            **popen,
        )
        self._group = self._process.pid

    def has_ended(self) -> bool:
        self._reap()
        return self.status is not None

    def end(self, grace: float, wait: Callable[[float], None]) -> None:
        """Ask the command to end, then all that outlives it; kill what is left after `grace` seconds."""
        deadline = time.monotonic() + grace
        if not self.has_ended():
            # The command alone: servers tell their own workers, and a worker told twice drops its work.
            _send(os.kill, self._group, self._first_signal)
            self._wait_until(self.has_ended, deadline, wait)
        if self.has_ended() and self._has_leftovers():
            self._send_all(self._first_signal)
            self._wait_until(lambda: not self._has_leftovers(), deadline, wait)
        killed_by = time.monotonic() + KILL_SECONDS
        while self._has_leftovers() and time.monotonic() < killed_by:
            self._send_all(signal.SIGKILL)
            wait(0.05)

    def _wait_until(self, done: Callable[[], bool], deadline: float, wait: Callable[[float], None]) -> None:
        while not done() and time.monotonic() < deadline:
            wait(0.05)

    def _send_all(self, number: int) -> None:
        _send(os.killpg, self._group, number)
        for orphan in self._strays():
            _send(os.kill, orphan, number)

    def _has_leftovers(self) -> bool:
        self._reap()
        return _send(os.killpg, self._group, 0) or bool(self._strays())

    def _strays(self) -> list[int]:
        """Orphans that left the group, such as daemons; Linux alone gives them to us."""
        return [pid for pid in _children() if _group_of(pid) not in (self._group, None)]

    def _reap(self) -> None:
        """Collect every ended child: the command's status, and the orphans handed to us."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self._process.pid:
                code = os.waitstatus_to_exitcode(status)
                self.status = self._process.returncode = code if code >= 0 else 128 - code


def _send(kill: Callable[[int, int], None], target: int, number: int) -> bool:
    """Send a signal; False when nobody is there to receive it."""
    try:
        kill(target, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _children() -> list[int]:
    pid = os.getpid()
    try:
        return [int(child) for child in Path(f"/proc/self/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def _prctl(option: int, value: int) -> None:
    """A Linux process setting; elsewhere we do without this second line of defence."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _ending_with_parent(first_signal: int) -> Callable[[], None]:
    """What the command does before exec: ask the kernel to end it when the guard itself is killed."""
    guard = os.getpid()

    def ask() -> None:
        _prctl(PR_SET_PDEATHSIG, first_signal)
        if os.getppid() != guard:
            os._exit(128 + first_signal)

    return ask


class _Alarm:
    """Wakes the guard on signals, and at once when the lifeline closes."""

    def __init__(self, lifeline: int | None) -> None:
        self.asked_to_end = False
        self._parent = os.getppid()
        self._lifeline = lifeline
        self._reading, writing = os.pipe()
        os.set_blocking(self._reading, False)
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask_to_end)

    def is_over(self) -> bool:
        # A forked copy of the parent may hold the pipe open, so we look at who our parent is as well.
        return self.asked_to_end or os.getppid() != self._parent

    def wait(self, seconds: float) -> None:
        watched = [self._reading] if self._lifeline is None else [self._reading, self._lifeline]
        ready, _, _ = select.select(watched, [], [], seconds)
        if self._lifeline in ready:
            self.asked_to_end, self._lifeline = True, None
        if self._reading in ready:
            os.read(self._reading, 4096)

    def _ask_to_end(self, *_: object) -> None:
        self.asked_to_end = True


def main(arguments: Sequence[str] | None = None) -> int:
    """Guard one command until it or its parent ends; its exit status."""
    options = _parse(arguments)
    alarm = _Alarm(options.lifeline)
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        command = _Command(
            options.command,
            options.first_signal,
            pass_fds=tuple(options.keep),
            **identity(options.user),
        )
    except (OSError, subprocess.SubprocessError) as error:
        print(f"guard: cannot start {options.command[0]}: {error}", file=sys.stderr)
        return 127
    while not (command.has_ended() or alarm.is_over()):
        alarm.wait(1.0)
    command.end(options.grace, alarm.wait)
    return 128 + signal.SIGKILL if command.status is None else command.status


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ground.guard", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--lifeline",
        type=int,
        help="descriptor of a pipe; its end of file ends the command",
    )
    parser.add_argument("--first-signal", type=int, default=int(signal.SIGTERM))
    parser.add_argument(
        "--grace",
        type=float,
        default=10.0,
        help="seconds from the first signal to SIGKILL",
    )
    parser.add_argument("--user", help="whom the command runs as")
    parser.add_argument("--keep", type=int, action="append", default=[], help="a descriptor it inherits")
    parser.add_argument("command", nargs="+")
    return parser.parse_args(arguments)


def identity(user: str | None) -> dict[str, Any]:
    """What subprocess needs to run something as a user, in that user's own group alone; None is ourselves."""
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


if __name__ == "__main__":
    sys.exit(main())
