"""Askers and those who hold or suspend, at the same moment and with real commits."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context

import pytest
from django.db import connection, transaction

from charter.registry import services as registry
from charter.registry.models import CharterVersion
from charter.registry.states import StandingChoices
from governance.decisions.models import Hold
from governance.decisions.services import place_hold, release_hold
from governance.decisions.states import HoldCause
from tests import factories
from tests.governance.decisions.people import DELIVERY
from tests.governance.decisions.test_answer import ask
from tests.governance.decisions.test_holds import CALIBRATION, JANUARY
from tests.proof import whole_or_short

pytestmark = [pytest.mark.committed, pytest.mark.proof]

ASKERS, SUSPENSIONS = 8, whole_or_short(100, 10)
# A thousand in all, ten a transaction, as when somebody disputes a year.
HOLDS, TOGETHER = whole_or_short(1000, 100), 10
A_FEW = 2
EACH = 5  # as often it stays open until somebody was answered

Snapshot = tuple[int, int, frozenset[int]]


def snapshot() -> Snapshot:
    """Which transactions have committed by now, as PostgreSQL tells it (pg_snapshot)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        lowest, highest, running = cursor.fetchone()[0].split(":")
    return int(lowest), int(highest), frozenset(int(each) for each in running.split(",") if each)


def committed(made: int, by: Snapshot) -> bool:
    """Whether a transaction had committed at a snapshot."""
    lowest, highest, running = by
    return made < lowest or (made < highest and made not in running)


def decided() -> list[tuple[int, bool]]:
    """The transaction of each decision, and whether rows left with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text::bigint, content_hash <> '' FROM decisions_decisionrecord")
        return cursor.fetchall()


@contextmanager
def asked_all_the_while(by) -> Iterator[threading.Semaphore]:
    """Ask for January and more, from eight threads, for as long as the block lasts; gives what counts the answers."""
    over, answers = threading.Event(), threading.Semaphore(0)

    def ask_on() -> None:
        try:
            while not over.is_set():
                ask(by, CALIBRATION)
                answers.release()
                over.wait(0.03)  # all eight at full speed leave the others no time
        finally:
            connection.close()

    with ThreadPoolExecutor(ASKERS) as pool:
        asking = [pool.submit(copy_context().run, ask_on) for _ in range(ASKERS)]
        try:
            yield answers
        finally:
            over.set()
    for each in asking:
        each.result()


def shut(
    times: int,
    answers: threading.Semaphore,
    close: Callable[[], object],
    reopen: Callable[[object], object],
) -> list[tuple[Snapshot, Snapshot]]:
    """Close and reopen so many times, a few answers long; gives what had committed at begin and end of each time shut."""
    spells = []
    for number in range(times):
        closed = close()
        begin = snapshot()
        wait_for(A_FEW, answers)
        spells.append((begin, snapshot()))
        reopen(closed)
        if number % EACH == 0:
            wait_for(ASKERS + 1, answers)  # of so many, one at least was asked after the opening
    return spells


def wait_for(number: int, answers: threading.Semaphore) -> None:
    """Until so many answers were given from now on."""
    while answers.acquire(blocking=False):
        pass  # those of before
    for _ in range(number):
        answers.acquire(timeout=10)


def while_shut(spells: list[tuple[Snapshot, Snapshot]]) -> tuple[int, int]:
    """How many decisions were committed in one of these spells, and with how many of them rows left."""
    found = [
        rows
        for made, rows in decided()
        if any(committed(made, end) and not committed(made, begin) for begin, end in spells)
    ]
    return len(found), sum(found)


def test_no_row_of_a_held_value_leaves(judged):
    """Issue 4, item 3: eight askers, a thousand holds; a hold committed before a query's commit is seen by it."""
    metric, by = (
        CharterVersion.objects.get(metric__slug=DELIVERY, standing=StandingChoices.ACTIVE).metric,
        factories.system(),
    )
    contested = {"metric": metric, "cause": HoldCause.APPEAL, "reason": "Contested.", "by": by, **JANUARY}

    def place() -> list[Hold]:
        with transaction.atomic():
            return [place_hold(**contested) for _ in range(TOGETHER)]

    def release(holds: list[Hold]) -> None:
        with transaction.atomic():
            for hold in holds:
                release_hold(hold=hold, why="Settled.", by=by)

    with asked_all_the_while(judged["manager"]) as answers:
        spells = shut(HOLDS // TOGETHER, answers, place, release)
    check_nothing_left(spells)


def test_no_row_of_a_suspended_metric_leaves(judged):
    """Issue 4, item 3, AR15: as for holds; a suspension committed before a query's commit is seen by it."""
    version, by = (
        CharterVersion.objects.get(metric__slug=DELIVERY, standing=StandingChoices.ACTIVE),
        factories.system(),
    )
    with asked_all_the_while(judged["manager"]) as answers:
        spells = shut(
            SUSPENSIONS,
            answers,
            lambda: registry.suspend(version=version, by=by),
            lambda suspended: registry.reinstate(version=suspended, by=by),
        )
    check_nothing_left(spells)


def check_nothing_left(spells: list[tuple[Snapshot, Snapshot]]) -> None:
    """Nothing left while shut, although much was asked then, and much left before and after."""
    meanwhile, leaked = while_shut(spells)
    everything = decided()
    assert leaked == 0
    assert meanwhile >= len(spells) and sum(rows for _, rows in everything) >= len(spells) // EACH
