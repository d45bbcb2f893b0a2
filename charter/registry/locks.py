"""The lock that keeps a charter where it stands while its metric is asked for.

Whoever asks shares the metric until their transaction ends (`governance.decisions`); what changes where its charter
stands takes it alone. So no suspension, hold or revision slips between the facts of an answer and its rows.
"""

from django.db import connection


def take_metric(slug: str) -> None:
    """Take a metric alone until the transaction ends, waiting for those who ask for it now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('metric:' || %s, 0))", [slug])
