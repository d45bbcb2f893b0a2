"""The rows of a permit: published values by cohort, or one person's own worked out now and never stored."""

from msgspec import Struct

from charter.measures import queries as measures
from charter.measures.queries import Row, Source
from charter.rules.request import Request
from charter.rules.vocabulary import Grain
from governance.decisions.gathering import Gathered
from governance.people.models import User


class Reading(Struct, frozen=True):
    """Rows in the order metric, cohort, period; `source` says which snapshot they came from, None where none."""

    rows: tuple[Row, ...] = ()
    source: Source | None = None


NOTHING = Reading()


def read(request: Request, gathered: Gathered, *, by: User) -> Reading:
    """Read what a permit permits, inside its transaction; one statement however many rows."""
    if request.grain in {Grain.SELF, Grain.PERSON}:
        return _read_persons(request, gathered)
    rows, source = measures.rows(
        metrics=request.metrics, cohorts=request.cohorts, window=request.window, period=request.period
    )
    return Reading(rows, source)
