"""The rows of a permit: published values by cohort, or persons' own worked out now and never stored."""

from datetime import datetime

from msgspec import Struct

from charter.measures import queries as measures
from charter.measures.queries import Row
from charter.rules.request import Request
from charter.rules.vocabulary import Grain
from governance.decisions.gathering import Gathered
from ground.errors import BadInput


class Reading(Struct, frozen=True):
    """Rows in the order metric, cohort (or person), period, and the newest snapshot that they came from."""

    rows: tuple[Row, ...] = ()
    snapshot: str | None = None
    published_at: datetime | None = None


NOTHING = Reading()


def read(request: Request, gathered: Gathered) -> Reading:
    """Read what a permit permits, inside its transaction; published values in one statement however many."""
    if request.grain in {Grain.SELF, Grain.PERSON}:
        return Reading(_persons(request, gathered))
    rows, source = measures.rows(
        metrics=request.metrics, cohorts=request.cohorts, window=request.window, period=request.period
    )
    return Reading(rows, source.snapshot, source.published_at) if source else Reading(rows)


def _persons(request: Request, gathered: Gathered) -> tuple[Row, ...]:
    """What the facts hold of the persons named; a list of a cohort's people is nothing that any charter allows."""
    if request.cohorts:
        raise BadInput("Name the persons whose values the charter lets you ask for.", field="cohorts")
    return tuple(
        row
        for governing in gathered.governing
        for person in gathered.persons
        for row in measures.own_rows(
            version=governing.version_id, person=person, window=request.window, period=request.period
        )
    )
