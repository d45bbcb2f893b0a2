"""Counts shared by all processes: who has spent how much of a rate. In PostgreSQL, or in Redis where CACHE_URL names one.

A window begins with the first that a key spends and is over when the rate's seconds are. What is promised:

- Of one window never more than the rate is granted, however many processes ask at once: each count is one atomic step.
  Two windows may meet, so that in a span as long as one up to twice the rate is granted.
- What was granted stays counted, whatever becomes of the request: the count is committed before the request begins its work,
  and inside a transaction it is refused. So nobody waits for a count longer than another's statement takes.
- What is refused spends nothing: a large cost that does not fit leaves room for small ones.
- Time is the counter's own (PostgreSQL's or Redis'), so the clocks of web servers need not agree.
- Where the counter cannot be reached, nothing is granted: Unavailable.
- A counter that crashes may begin anew: the table is UNLOGGED, which spares each request a wait for the disk.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.models.functions import Now  # noqa: TID251 (all that count here share the clock of their database)

from ground import clock, statements
from ground.models import Count
from ground.rates import Rate
from ground.spent import NotCounted, Spent
from ground.statements import Read


def spend(key: str, rate: Rate, *, cost: int = 1) -> Spent:
    """Count a cost for a key, if its window has room for it. Raises Unavailable. Not inside a transaction."""
    _check(rate, cost)
    if settings.CACHE_URL:
        from ground import counts_in_redis  # who has no Redis does not load its client

        return counts_in_redis.spend(settings.CACHE_URL, key, rate, cost)
    spent: Spent = spend_beside(key="%(key)s", rate=rate, cost=cost, parameters={"key": key})[0]
    return spent


def is_beside() -> bool:
    """Whether counts stand in PostgreSQL, so that `spend_beside` can be used."""
    return not settings.CACHE_URL


def spend_beside(
    *reads: Read, key: str, rate: Rate, cost: int = 1, parameters: Mapping[str, Any]
) -> tuple[Any, ...]:
    """Spend as `spend` does in a statement that is sent anyway: what was spent, and what each of the reads finds.

    `key` is a constant of ours: SQL that gives the key, of the parameters.
    """
    _check(rate, cost)
    counting = {"cost": cost, "most": rate.most, "seconds": rate.seconds, "held": clock.held()}
    try:
        spent, *found = statements.read(_counting(key), *reads, parameters={**counting, **parameters})
    except DatabaseError as away:
        raise NotCounted from away
    return spent[0], *found


def forget() -> int:
    """Remove the windows that are over; gives how many. Redis does so by itself."""
    return Count.objects.filter(ends_at__lte=clock.held() or Now()).delete()[0]


# A row whose window is over counts as one that is not there. A window that ends later than one which began now would was
# made by a clock that has been put back since, or for a slower rate: it is shortened.
_WINDOW = "make_interval(secs => %(seconds)s::float8)"
_OVER = f"kept.ends_at <= excluded.ends_at - {_WINDOW}"
_SUM = "kept.spent + excluded.spent"
_FITS = f"({_OVER} OR {_SUM} <= %(most)s::bigint)"


@cache
def _counting(key: str) -> Read:
    """Count in one step: PostgreSQL lets one after the other have the row, and each sees what the one before has left."""
    first = f"""moment AS (SELECT coalesce(%(held)s::timestamptz, statement_timestamp()) AS at),
counted AS (
    INSERT INTO ground_count AS kept (key, spent, ends_at, granted)
    SELECT ({key})::text, %(cost)s::bigint, at + {_WINDOW}, true FROM moment
    ON CONFLICT (key) DO UPDATE SET
        spent = CASE WHEN {_OVER} THEN excluded.spent WHEN {_FITS} THEN {_SUM} ELSE kept.spent END,
        ends_at = CASE WHEN {_OVER} THEN excluded.ends_at ELSE least(kept.ends_at, excluded.ends_at) END,
        granted = {_FITS}
    RETURNING granted, spent, ends_at
)"""
    found = "SELECT granted, spent, extract(epoch FROM ends_at - at) AS wait FROM counted, moment"
    return Read(found, Spent, first=first)


def _check(rate: Rate, cost: int) -> None:
    """Refuse what would never be granted, and to count in a transaction (but a test's), which could undo it and holds its row."""
    if not 1 <= cost <= rate.most:
        raise ValueError(f"A cost of {cost} can never be granted at {rate.most}.")
    if not all(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("Count before the transaction begins.")
