"""The rows of a permit: published values by cohort, or persons' own worked out now and never stored.

What bears on them is joined here: notes, what is under review, and the metrics that stand beside them.
"""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from charter.measures import queries as measures
from charter.measures.calendar import spans_in
from charter.measures.queries import Row
from charter.registry import queries as registry
from charter.registry.queries import Governing
from charter.rules.request import Request
from charter.rules.vocabulary import Grain
from governance.decisions import pairing
from governance.decisions.annotating import annotated
from governance.decisions.gathering import Gathered
from governance.decisions.pairing import Paired
from governance.decisions.values import Subject
from ground.errors import BadInput


class Reading(Struct, frozen=True):
    """Rows in the order metric, cohort (or person), period, what stands beside them, and the newest snapshot of all."""

    rows: tuple[Row, ...] = ()
    paired: tuple[Paired, ...] = ()
    snapshot: str | None = None
    published_at: datetime | None = None

    @property
    def leaving(self) -> tuple[Row, ...]:
        """All rows that leave: those asked for, then those beside them."""
        return (*self.rows, *(row for each in self.paired for row in each.rows))


NOTHING = Reading()


def read(request: Request, gathered: Gathered) -> Reading:
    """Read what a permit permits, inside its transaction; published values in one statement however many."""
    paired = tuple(pairing.judged(each, gathered.rulebook) for each in gathered.pairs)
    governing = {each.metric: each for each in gathered.governing}
    shown = {each.metric for each in paired if each.permitted}
    governing |= {
        each.metric: each.governing for each in gathered.pairs if each.governing and each.metric in shown
    }
    if request.grain in {Grain.SELF, Grain.PERSON}:
        rows, source = tuple(_persons(request, gathered, governing)), None
    else:
        rows, source = _cohorts(request, gathered, governing)
    asked = frozenset(request.metrics)
    return Reading(
        rows=tuple(row for row in rows if row.metric in asked),
        paired=tuple(_with_rows(each, rows) for each in paired),
        snapshot=source.snapshot if source else None,
        published_at=source.published_at if source else None,
    )


def _with_rows(paired: Paired, rows: tuple[Row, ...]) -> Paired:
    return replace(paired, rows=tuple(row for row in rows if row.metric == paired.metric))


def _cohorts(
    request: Request, gathered: Gathered, governing: dict[str, Governing]
) -> tuple[tuple[Row, ...], measures.Source | None]:
    rows, source = measures.rows(
        metrics=tuple(governing), cohorts=request.cohorts, window=request.window, period=request.period
    )
    told = (_annotated(row, Subject(cohort=row.cohort), request, gathered, governing) for row in rows)
    return tuple(told), source


def _persons(request: Request, gathered: Gathered, governing: dict[str, Governing]) -> Iterator[Row]:
    """What the facts hold of the persons named; a list of a cohort's people is nothing that any charter allows."""
    if request.cohorts:
        raise BadInput("Name the persons whose values the charter lets you ask for.", field="cohorts")
    for each in governing.values():
        for person in gathered.persons:
            rows = gathered.own.get((each.metric, person)) or measures.own_rows(
                version=each.version_id, person=person, window=request.window, period=request.period
            )
            for row in rows:
                yield _annotated(row, Subject(person=person), request, gathered, governing)


def _annotated(
    row: Row, subject: Subject, request: Request, gathered: Gathered, governing: dict[str, Governing]
) -> Row:
    facts = gathered.facts[0]
    spans = {span.label: span for span in spans_in(request.window, request.period)}
    return annotated(
        row,
        subject,
        spans[row.period],
        gathered.bearing,
        consequential=facts.decision.consequential,
        own=facts.actor.asks_about_self,
        always=registry.document(governing[row.metric].version_id).what.always_noted,
    )
