"""Whether the SQL door is open where it is meant to be, and PostgreSQL lets it in as the role that reads governed views."""

from collections.abc import Iterator

import psycopg
from django.conf import settings

from governance.config.looked_over import LookedOver, PartState
from governance.sql_door import probe


def look_at_sql_door() -> Iterator[LookedOver]:
    """Nothing where no port is told. It signs nobody in, and asks PostgreSQL itself."""
    place = settings.OPERATING.sql_door
    if not place.port:
        return
    where = f"{place.reached_at}:{place.port}"
    if not probe.is_open(place.reached_at, place.port):
        sentence = f"It does not answer at {where}, so dashboards show nothing new."
        yield LookedOver(
            "SQL door", PartState.FAULT, sentence, "Start `manage.py sql_door`, or see what its log says."
        )
    elif fault := _find_fault():
        remedy = "See GOVERNED_DATABASE_URL, and docs/how-to/run-on-your-own-postgresql.md#the-sql-door."
        yield LookedOver(
            "SQL door", PartState.FAULT, f"It answers at {where}, and has no views: {fault}", remedy
        )
    else:
        yield LookedOver("SQL door", PartState.OK, f"It answers at {where}.")


def _find_fault() -> str:
    try:
        with psycopg.connect(settings.GOVERNED_DATABASE_URL, connect_timeout=3) as connection:
            connection.execute("SELECT FROM governed.metrics LIMIT 0")
    except psycopg.Error as error:
        return str(error).strip().splitlines()[0]
    return ""
