"""Who stands in whose reporting line."""

from datetime import date
from uuid import UUID

from django.db import connection

# Up from both, which is short; down from a manager of managers it would be everybody. UNION ends where lines go round.
_IN_ONE_LINE = """
WITH RECURSIVE above(start, person) AS (
    SELECT start, start FROM unnest(%(both)s::uuid[]) AS start
    UNION
    SELECT above.start, l.manager_id FROM people_reportingline l JOIN above ON l.person_id = above.person
    WHERE l.valid_from <= %(on)s AND (l.valid_to IS NULL OR l.valid_to > %(on)s)
)
SELECT EXISTS (SELECT FROM above WHERE person = ANY(%(both)s::uuid[]) AND person <> start)
"""


def are_in_one_line(one: UUID, other: UUID, *, on: date) -> bool:
    """Whether one of two persons manages the other on a day, directly or through others; nobody manages themself."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_ONE_LINE, {"both": [one, other], "on": on})
        return bool(cursor.fetchone()[0])
