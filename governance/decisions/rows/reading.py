"""The rows of a permit: published values by cohort, or persons' own worked out now and never stored.

What bears on them is joined here: notes, what is under review, and the metrics that stand beside them.
"""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from charter.measures import queries as measures
from charter.measures.queries import Row
from charter.measures.values.calendar import split_window
from charter.registry import queries as registry
from charter.registry.queries import GoverningVersion
from charter.rules.request import Request
from charter.rules.vocabulary import Aggregation, Grain
from governance.decisions.facts import pairing
from governance.decisions.facts.gathering import GatheredFacts
from governance.decisions.facts.pairing import Paired
from governance.decisions.facts.value_context import Subject
from governance.decisions.rows import arranging
from governance.decisions.rows.annotating import annotate_row
from ground.traces import traced


class Reading(Struct, frozen=True):
    """Rows in the order metric, cohort (or person), period unless another was asked for, what stands beside them, and the newest snapshot of all."""

    rows: tuple[Row, ...] = ()
    paired: tuple[Paired, ...] = ()
    snapshot: str | None = None
    published_at: datetime | None = None

    @property
    def leaving(self) -> tuple[Row, ...]:
        """All rows that leave: those asked for, then those beside them."""
        return (*self.rows, *(row for each in self.paired for row in each.rows))


NOTHING = Reading()


@traced("line.rows")
def read(request: Request, gathered: GatheredFacts) -> Reading:
    """Read what a permit permits, inside its transaction; published values in one statement however many."""
    paired = tuple(pairing.judge_pair(each, gathered.rulebook) for each in gathered.pairs)
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
    arranged = arranging.arrange([row for row in rows if row.metric in asked], request)
    return Reading(
        rows=arranged,
        paired=tuple(_with_rows(each, rows, arranged, request) for each in paired),
        snapshot=source.snapshot if source else None,
        published_at=source.published_at if source else None,
    )


def check_arrangement(request: Request, gathered: GatheredFacts) -> None:
    """Raise BadInput for what the rules permit and no row could show, so that it is not permitted and then ignored."""
    aggregations = {each.metric: _aggregation(each) for each in gathered.governing}
    arranging.check_arrangement(request, aggregations)


def _aggregation(governing: GoverningVersion) -> Aggregation | None:
    measure = registry.load_document(governing.version_id).what.measure
    return measure.aggregation if measure else None


def _with_rows(paired: Paired, rows: tuple[Row, ...], arranged: tuple[Row, ...], request: Request) -> Paired:
    beside = [row for row in rows if row.metric == paired.metric]
    return replace(paired, rows=arranging.keep_beside(beside, arranged, request))


def _cohorts(
    request: Request, gathered: GatheredFacts, governing: dict[str, GoverningVersion]
) -> tuple[tuple[Row, ...], measures.RowsOrigin | None]:
    rows, source = measures.read_rows(
        metrics=tuple(governing), cohorts=request.cohorts, window=request.window, period=request.period
    )
    told = (_annotated(row, Subject(cohort=row.cohort), request, gathered, governing) for row in rows)
    return tuple(told), source


def _persons(
    request: Request, gathered: GatheredFacts, governing: dict[str, GoverningVersion]
) -> Iterator[Row]:
    """What the facts hold of the persons named."""
    for each in governing.values():
        for person in gathered.persons:
            rows = gathered.own.get((each.metric, person)) or measures.compute_own_rows(
                version=each.version_id, person=person, window=request.window, period=request.period
            )
            for row in rows:
                yield _annotated(row, Subject(person=person), request, gathered, governing)


def _annotated(
    row: Row,
    subject: Subject,
    request: Request,
    gathered: GatheredFacts,
    governing: dict[str, GoverningVersion],
) -> Row:
    facts = gathered.facts[0]
    spans = {span.label: span for span in split_window(request.window, request.period)}
    return annotate_row(
        row,
        subject,
        spans[row.period],
        gathered.bearing,
        consequential=facts.decision.consequential,
        own=facts.actor.asks_about_self,
        always=registry.load_document(governing[row.metric].version_id).what.always_noted,
    )
