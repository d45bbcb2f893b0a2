"""Scans: what falls due by itself. Each app declares its own in its `scans` module; one runner runs them all.

A scan asks the database what is due now and does it by services, each thing in a transaction of its own. So it does nothing
the second time, and one that comes a week late catches up. What cannot be done now is left to the next pass and stops
nothing else.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial
from importlib import import_module
from typing import Any, Generic, TypeVar

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.utils.module_loading import module_has_submodule

from ground import counts, heartbeats
from ground.errors import Conflict, DomainError

Moment = TypeVar("Moment")

# A pass that works on gives a sign of life this often at most.
_SIGN_SECONDS = 10.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Step(Generic[Moment]):
    """One kind of thing that falls due: which are due, and what is done to each.

    `act` is a service, one transaction. It gives how much it did, where that is a number; else it counts as one.
    """

    name: str
    due: Callable[[Moment], Iterable[Any]]
    act: Callable[[Any, Moment], object]


@dataclass(frozen=True)
class Scan(Generic[Moment]):
    """A scan, and how often it runs: `every` so often, from `minute` of the hour on.

    `begin` makes, from the account that the pass acts as, what the steps are given; None where there is nothing to do yet.
    `silence` is how long the longest single thing may take.
    """

    name: str
    every: timedelta
    steps: tuple[Step[Moment], ...]
    begin: Callable[[Any], Moment | None] = field(default=lambda by: by)
    minute: int = 0
    silence: timedelta = timedelta()

    def next_within(self) -> timedelta:
        """By when from now the next pass must have ended; what comes often may miss a turn or two."""
        patience = heartbeats.patience()
        return patience if 4 * self.every <= patience else self.every + patience

    def once(self, *, by: Any) -> dict[str, int]:
        """One pass; gives how much each step did. Raises ExceptionGroup of what failed by a fault, when all else is done."""
        report = self.report(by)
        report.check()
        return report.done

    def report(self, by: Any) -> "PassReport":
        """What one pass did and what it could not do."""
        report = PassReport(self.name)
        for moment in report.attempt("begin", lambda: [self.begin(by)]):
            for step in self.steps if moment is not None else ():
                report.take(step, moment)
        return report


def _act(step: Step[Any], item: Any, moment: object) -> list[Any]:
    return [step.act(item, moment)]


@dataclass
class PassReport:
    """What one pass of a scan did, by step, and what it could not do."""

    scan: str
    done: dict[str, int] = field(default_factory=dict)
    failed: int = 0
    faults: list[Exception] = field(default_factory=list)

    def take(self, step: Step[Any], moment: object) -> None:
        """Do a step's things one by one."""
        self.done[step.name] = 0
        for item in self.attempt(step.name, lambda: list(step.due(moment))):
            for done in self.attempt(f"{step.name}: {item}", partial(_act, step, item, moment)):
                self.done[step.name] += done if isinstance(done, int) else 1
            alive()

    def attempt(self, what: str, do: Callable[[], list[Any]]) -> list[Any]:
        """What a function gives; nothing, and why in the log, where it fails."""
        try:
            return do()
        except Conflict as moved:
            log.info("%s: %s: has moved on: %s", self.scan, what, moved.detail, extra={"scan": self.scan})
        except DomainError as obstacle:
            self.failed += 1
            log.warning(
                "%s: %s: left to the next pass: %s",
                self.scan,
                what,
                obstacle.detail,
                extra={"scan": self.scan},
            )
        except Exception as fault:  # whatever it is, the other things are still due
            self.failed += 1
            self.faults.append(fault)
            log.exception("%s: %s", self.scan, what, extra={"scan": self.scan})
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
        return []

    def check(self) -> None:
        """Raise what failed by a fault of ours, so that whoever started the pass hears of it."""
        if self.faults:
            raise ExceptionGroup(f"The scan {self.scan} could not do everything.", self.faults)


class _Pass:
    """A pass that goes on, and when it last said so."""

    def __init__(self, scan: Scan[Any], worker: str) -> None:
        self._scan, self._worker = scan, worker
        self._begun = self._signed = time.monotonic()
        self._sign(heartbeats.patience() + scan.silence, running=True)

    def alive(self) -> None:
        if time.monotonic() - self._signed >= _SIGN_SECONDS:
            self._sign(heartbeats.patience() + self._scan.silence, running=True)

    def end(self, report: PassReport) -> None:
        self._sign(
            self._scan.next_within(),
            took=time.monotonic() - self._begun,
            done=sum(report.done.values()),
            failed=report.failed,
        )

    def _sign(self, within: timedelta, **said: Any) -> None:
        self._signed = time.monotonic()
        heartbeats.sign(self._scan.name, self._worker, within=within, **said)


_current: ContextVar[_Pass | None] = ContextVar("pass", default=None)


def run(scan: Scan[Any], *, by: Any, worker: str) -> PassReport | None:
    """Run one pass alone among all workers, with its signs of life; None where another runs it already."""
    with _alone(scan.name) as alone:
        if not alone:
            log.info("%s: another worker is at it", scan.name, extra={"scan": scan.name})
            return None
        this = _Pass(scan, worker)
        token = _current.set(this)
        try:
            report = scan.report(by)
        finally:
            _current.reset(token)
        this.end(report)
    for what, count in report.done.items():
        if count:
            log.info("%s: %s: %s", scan.name, what, count, extra={"scan": scan.name})
    report.check()
    return report


def alive() -> None:
    """Say that the pass we are in, if any, still goes on; long work calls this between its parts."""
    current = _current.get()
    if current is not None:
        current.alive()


@cache
def declared() -> tuple[Scan[Any], ...]:
    """Every scan that an app declares in its `scans` module, once all apps are loaded."""
    found: dict[str, Scan[Any]] = {}
    for app in apps.get_app_configs():
        if app.module and module_has_submodule(app.module, "scans"):
            for each in vars(import_module(f"{app.name}.scans")).values():
                if isinstance(each, Scan) and found.setdefault(each.name, each) is not each:
                    raise ImproperlyConfigured(f"Two scans are called “{each.name}”.")
    return tuple(found.values())


@contextmanager
def _alone(name: str) -> Iterator[bool]:
    """Hold a scan's lock for this connection, if nobody has it; PostgreSQL lets go of it when the process dies."""
    key = "hashtextextended('scan ' || %s, 0)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({key})", [name])
        alone = cursor.fetchone()[0]
    try:
        yield alone
    finally:
        if alone:
            # A broken connection has let go of the lock already.
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_unlock({key})", [name])


# What shows that the clock goes: sent by the beat, done by a worker, and nothing else.
TICK: Scan[Any] = Scan("tick", heartbeats.patience() / 4, steps=())

FORGET_COUNTS: Scan[Any] = Scan(
    "counts",
    timedelta(hours=1),
    minute=50,
    steps=(Step("windows forgotten", lambda _: [counts.forget], lambda forget, _: forget()),),
)
