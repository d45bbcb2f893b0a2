"""The lock that keeps the rules for a metric still while it is asked for.

Askers share a metric until their transaction ends; what changes where its charter stands takes it alone. So no
suspension, hold or revision slips between the facts of an answer and its rows.
"""

from collections.abc import Sequence

from django.db import connection

# In the order of slugs, so that two transactions never wait for each other.
_LOCK = """
SELECT {lock}(hashtextextended('metric:' || slug, 0))
FROM (SELECT DISTINCT unnest(%s::text[]) AS slug ORDER BY slug) metrics
"""


def share_metrics(slugs: Sequence[str]) -> None:
    """Keep these metrics as they are until the transaction ends; others may share them too."""
    _take("pg_advisory_xact_lock_shared", slugs)


def take_metrics(slugs: Sequence[str]) -> None:
    """Take these metrics alone until the transaction ends."""
    _take("pg_advisory_xact_lock", slugs)


def _take(lock: str, slugs: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK.format(lock=lock), [list(slugs)])
