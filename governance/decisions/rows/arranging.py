"""Rows as a request wants them: against each other, made into one, in an order, the first of them. Pure.

Whatever no rule refuses is carried out here or refused by `check_arrangement` with the field named, so that no
receipt says of rows what was not done to them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from msgspec.structs import replace

from charter.measures.rows import Row
from charter.rules.asking import PERSON_GRAINS
from charter.rules.request import Request
from charter.rules.vocabulary import Aggregation, Combine, Grain, OrderBy
from ground.errors import BadInput

_HAS_COHORTS = frozenset({Grain.ORG, Grain.VALUE_STREAM, Grain.TEAM})
# Of which a sum says something, and of which a mean of periods does; a median of medians would be no median.
_SUMMED = frozenset({Aggregation.COUNT, Aggregation.SUM})
_AVERAGED = frozenset({*_SUMMED, Aggregation.RATE})


def check_arrangement(request: Request, aggregations: Mapping[str, Aggregation | None]) -> None:
    """Raise BadInput naming what the rules would permit and nothing here can do; aggregations are by metric."""
    people = request.grain in PERSON_GRAINS
    if not people and request.grain not in _HAS_COHORTS:
        raise BadInput("No values are published at this level.", field="grain")
    if people and request.cohorts:
        raise BadInput("Name the persons whose values the charter lets you ask for.", field="cohorts")
    if request.time_filter is not None:
        raise BadInput(
            "Values are of all hours, and cannot be filtered. Ask for a metric that counts such work.",
            field="time_filter",
        )
    for name, asked in (("compare", request.compare), ("percentile", request.percentile)):
        if asked and len(request.cohorts) < 2:
            raise BadInput("Name two groups or more to be held against each other.", field=name)
    if people and request.order_by is OrderBy.COHORT:
        raise BadInput("One's own values have no group to be ordered by.", field="order_by")
    _check_combined(request, aggregations)


def _check_combined(request: Request, aggregations: Mapping[str, Aggregation | None]) -> None:
    if request.combine is None:
        return
    fitting = {Combine.SUM: _SUMMED, Combine.MEAN: _AVERAGED}.get(request.combine)
    if fitting is None:
        raise BadInput("Nothing lays down how several metrics make one score. Ask for each.", field="combine")
    for metric in request.metrics:
        if aggregations.get(metric) not in fitting:
            raise BadInput(
                f"The periods of {metric} have no {request.combine.value}: it is not an amount. Ask for each period.",
                field="combine",
            )


def arrange(rows: Sequence[Row], request: Request) -> tuple[Row, ...]:
    """The rows asked for: combined, against each other, ordered within each metric, and the first of each metric."""
    found = rows if request.combine is None else _combined(rows, request.combine)
    return tuple(
        row
        for _metric, some in groupby(relate(found, request), key=lambda row: row.metric)
        for row in _ordered(list(some), request.order_by)[: request.limit]
    )


def relate(rows: Sequence[Row], request: Request) -> tuple[Row, ...]:
    """Each row against those of the same metric and period: its difference from the first group, its place among all."""
    if not (request.compare or request.percentile):
        return tuple(rows)
    values: dict[tuple[str, str], dict[str, float | None]] = {}
    for row in rows:
        values.setdefault((row.metric, row.period), {})[row.cohort] = row.value
    return tuple(_related(row, values[row.metric, row.period], request) for row in rows)


def keep_beside(beside: Sequence[Row], arranged: Iterable[Row], request: Request) -> tuple[Row, ...]:
    """Rows of a metric that stands beside: of the groups and periods that are left, in their order."""
    told = relate(beside, request)
    if request.combine is not None or (request.order_by is None and request.limit is None):
        return tuple(sorted(told, key=lambda row: row.cohort))
    places = {
        place: at for at, place in enumerate(dict.fromkeys((row.cohort, row.period) for row in arranged))
    }
    kept = (row for row in told if (row.cohort, row.period) in places)
    return tuple(sorted(kept, key=lambda row: places[row.cohort, row.period]))


def _related(row: Row, group: Mapping[str, float | None], request: Request) -> Row:
    if row.value is None:
        return row
    told: dict[str, float | None] = {}
    first = group.get(request.cohorts[0])
    if request.compare and first is not None:
        told["difference"] = row.value - first
    if request.percentile:
        others = [value for cohort, value in group.items() if cohort != row.cohort and value is not None]
        told["percentile"] = _percentile(row.value, others)
    return replace(row, **told)


def _percentile(value: float, others: Collection[float]) -> float | None:
    """How many in a hundred of the others are lower; one that is the same counts half."""
    if not others:
        return None
    return 100 * sum((other < value) + (other == value) / 2 for other in others) / len(others)


def _combined(rows: Sequence[Row], how: Combine) -> tuple[Row, ...]:
    grouped = groupby(rows, key=lambda row: (row.metric, row.cohort))
    return tuple(_one(list(some), how) for _key, some in grouped)


def _one(rows: Sequence[Row], how: Combine) -> Row:
    """One row of all periods; where one of them is without a number, so is the whole, for the same reason."""
    first, last = rows[0], rows[-1]
    period = first.period if first is last else f"{first.period}/{last.period}"
    context = list(
        {(note.kind, note.label, note.start): note for row in rows for note in row.context}.values()
    )
    values = [row.value for row in rows if row.value is not None]
    if len(values) < len(rows):
        missing = next(row for row in rows if row.value is None)
        return replace(missing, period=period, context=context)
    value = sum(values) / (len(values) if how is Combine.MEAN else 1)
    unknown = dict.fromkeys(("low", "high", "bound", "people"))
    n = sum(row.n or 0 for row in rows)
    coverage = min((row.coverage for row in rows if row.coverage is not None), default=None)
    return replace(first, period=period, value=value, context=context, n=n, coverage=coverage, **unknown)


def _ordered(rows: list[Row], by: OrderBy | None) -> list[Row]:
    """Rows of one metric in the order asked for, groups else by their names (AR29); what has no number comes last."""
    keys: dict[OrderBy, Callable[[Row], Any]] = {
        OrderBy.VALUE: lambda row: (row.value is None, -(row.value or 0)),
        OrderBy.PERIOD: lambda row: row.period,
        OrderBy.COHORT: lambda row: row.cohort,
    }
    return sorted(rows, key=keys[by or OrderBy.COHORT])
