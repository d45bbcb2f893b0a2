"""What a question costs: metrics × subjects × periods, with a limit for one request, one batch, and one account a minute.

A small question is free: the rate of requests holds it back already, so it pays for no statement here. What is above that
is counted for the account by all processes together (`ground/counts.py`), before the transaction of the question begins.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import BoundedSemaphore
from uuid import UUID

from django.conf import settings

from charter.measures.values.calendar import LONGEST_MONTHS
from charter.rules.periods import MONTHS
from charter.rules.request import Request
from charter.rules.vocabulary import Grain
from ground import counts
from ground.errors import BadInput, TooMuch

FREE = 100
# From here a question is long: one at a time in each process, so that short ones find a thread.
LONG = 2_000
_LONG_ONES = BoundedSemaphore(1)
_WAIT_FOR_A_LONG_ONE = 1.0  # seconds after which it is worth asking again
# A person's own values are stored nowhere: each metric of each person reads the warehouse once, however few values come of it.
WORKED_OUT = 100  # such readings at once, in a request or a batch
READERS = 2  # questions of each process that may do so at a time; the other threads are for all others
PATIENCE = 2.0  # seconds that a further one waits for its turn before it is told to ask again
_READERS = BoundedSemaphore(READERS)


def work_out_cost(request: Request) -> int:
    """How many values a request asks for; a window that is no window costs one period, and is refused later."""
    subjects = len({*request.cohorts}) + len({*request.persons})
    return len({*request.metrics}) * max(subjects, 1) * _periods(request)


def count_readings(requests: Sequence[Request]) -> int:
    """How often the warehouse is read for requests where they are permitted."""
    own = [each for each in requests if each.grain in (Grain.SELF, Grain.PERSON)]
    return sum(len({*each.metrics}) * max(len({*each.persons}), 1) for each in own)


def _periods(request: Request) -> int:
    start, end = request.window.start, request.window.end
    months = (end.year - start.year) * 12 + end.month - start.month
    return max(min(months, LONGEST_MONTHS) // MONTHS[request.period], 1)


@contextmanager
def charged(requests: Sequence[Request], *, account: UUID, is_batch: bool = False) -> Iterator[None]:
    """Charge an account for what is asked at once, and hold a long question's place while it is answered.

    Raises BadInput for more than one request or batch may ask, TooMuch where the account's minute or the place is taken,
    Unavailable where it cannot be counted. Not inside a transaction.
    """
    cost = _check(requests, is_batch=is_batch)
    reads = bool(count_readings(requests))
    with _place(_LONG_ONES, cost >= LONG), _place(_READERS, reads, patience=PATIENCE):
        _spend(cost, account)
        yield


@contextmanager
def _place(places: BoundedSemaphore, is_needed: bool, *, patience: float = 0.0) -> Iterator[None]:
    """One of these places for as long as a question is answered. Raises TooMuch where none is free within so many seconds."""
    if is_needed and not places.acquire(timeout=patience):
        text = "Another long question is being answered, and short ones go first. Ask again in a moment, or for less."
        raise TooMuch(text, code="long_question_waits", wait=_WAIT_FOR_A_LONG_ONE)
    try:
        yield
    finally:
        if is_needed:
            places.release()


def _check(requests: Sequence[Request], *, is_batch: bool) -> int:
    """The cost of all requests. Raises BadInput naming the limit."""
    costs = [work_out_cost(request) for request in requests]
    for place, cost in enumerate(costs):
        if cost > settings.QUESTION_COST:
            field = f"requests[{place}].window" if is_batch else "window"
            raise _make_too_costly(cost, "request", settings.QUESTION_COST, field)
    if is_batch and sum(costs) > settings.BATCH_COST:
        raise _make_too_costly(sum(costs), "batch", settings.BATCH_COST, "requests")
    if (readings := count_readings(requests)) > WORKED_OUT:
        text = (
            f"This asks for persons’ own values {readings:,} times, counted as metrics × persons; each is worked out anew. "
            f"{WORKED_OUT} may be asked for at once. Ask for less at a time."
        )
        field = "requests" if is_batch else "persons"
        raise BadInput(text, field=field, code="too_costly", cost=readings, limit=WORKED_OUT)
    return sum(costs)


def _make_too_costly(cost: int, what: str, limit: int, field: str) -> BadInput:
    text = (
        f"This asks for {cost:,} values, counted as metrics × groups or persons × periods. "
        f"One {what} may ask for {limit:,}. Ask for less at a time."
    )
    return BadInput(text, field=field, code="too_costly", cost=cost, limit=limit)


def _spend(cost: int, account: UUID) -> None:
    rate = settings.COST_RATE
    if cost <= FREE:
        return
    spent = counts.spend(f"cost of account {account}", rate, cost=min(cost, rate.most))
    if not spent.granted:
        text = (
            f"You have asked for {spent.spent:,} values lately, and this asks for {cost:,} more. "
            f"One account may ask for {rate.most:,} in {rate.seconds} seconds."
        )
        raise TooMuch(text, code="cost_limit", wait=spent.wait, cost=cost, limit=rate.most)
