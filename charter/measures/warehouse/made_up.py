"""Facts of a query on made-up rows, for whoever writes it.

A query that may name anybody would show what only the line may show, were it tried on what the warehouse holds; even the
number of its rows would say something about somebody. Rows that are made up show as well whether it runs, and what it gives.
"""

import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

from charter.measures.warehouse.facts import connect
from charter.measures.warehouse.tables import quote
from charter.registry.document import Measure
from charter.registry.facts_sql import DIALECT, check_facts_sql
from charter.registry.source_descriptions import Columns, ColumnType, Meaning, SourceColumn, SourceDescription
from ground.errors import BadInput

Compared = Mapping[str, Sequence[str]]

ROWS = 40  # of each source
_SECONDS = 5.0
_SEED = 20_260_101  # the same query shows the same rows
_NAMES = {Meaning.PERSON: ("person", 6), Meaning.TEAM: ("team", 3), Meaning.SERVICE: ("service", 3)}


def try_query(
    measure: Measure, described: Mapping[str, SourceDescription], *, first: date, rows: int
) -> list[dict[str, Any]]:
    """The first rows of facts that a query makes of made-up rows, which begin on the day `first`.

    `described`: the sources by name. Raises BadInput where the query may not stand in a charter, or reads a source that
    nobody described; Unavailable where it does not run.
    """
    check_facts_sql(measure)
    if missing := sorted(set(measure.sources) - set(described)):
        raise BadInput(f"Nobody has described the source {missing[0]} yet.", field="sources")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "made-up.duckdb"
        compared = _list_compared(measure)
        with duckdb.connect(str(file)) as engine:
            for name in measure.sources:
                _fill(engine, described[name], compared, datetime.combine(first, time(8), UTC))
            _check_runs(engine, measure)
        with connect(f"duckdb://{file}", timeout=_SECONDS, described=described) as warehouse:
            return _take(warehouse.facts(measure), rows)


def _check_runs(engine: duckdb.DuckDBPyConnection, measure: Measure) -> None:
    """Raise BadInput in the engine's words, which a warehouse's rows could stand in, but made-up ones may."""
    engine.execute("SET enable_external_access = false")
    try:
        engine.execute(f"EXPLAIN {measure.facts}")
    except duckdb.Error as error:
        raise BadInput(f"The query does not run. {str(error).splitlines()[0]}", field="facts") from None


def _take(batches: Any, rows: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for batch in batches:
        found += batch.slice(0, rows - len(found)).to_pylist()
        if len(found) >= rows:
            break
    return found


def _list_compared(measure: Measure) -> Compared:
    """What the query compares each column with, so that rows are there on either side of its conditions."""
    found: dict[str, list[str]] = {}
    query = sqlglot.parse_one(measure.facts, dialect=DIALECT)
    for each in query.find_all(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Like):
        literals = [literal.this for literal in each.find_all(exp.Literal)]
        for column in each.find_all(exp.Column):
            found.setdefault(column.name.lower(), []).extend(literals)
    return found


def _fill(
    engine: duckdb.DuckDBPyConnection,
    source: SourceDescription,
    compared: Compared,
    begins: datetime,
) -> None:
    columns = ", ".join(f"{quote(name)} {column.type}" for name, column in source.columns.items())
    engine.execute(f"CREATE TABLE {quote(source.slug)} ({columns})")
    places = ", ".join("?" for _ in source.columns)
    rows = list(_make_rows(source.columns, compared, begins))
    engine.executemany(f"INSERT INTO {quote(source.slug)} VALUES ({places})", rows)


def _make_rows(columns: Columns, compared: Compared, begins: datetime) -> Iterator[list[Any]]:
    """Events a few hours apart; in each, what is listed later happened later."""
    chance = random.Random(_SEED)  # noqa: S311 - made-up rows are no secret
    for number in range(1, ROWS + 1):
        moment = begins + timedelta(hours=6 * number)
        row = []
        for name, column in columns.items():
            if column.means in (Meaning.TIME, Meaning.WORKING_TIME):
                moment += timedelta(hours=chance.randint(1, 30))
            row.append(_make_cell(column, compared.get(name, ()), number, moment, chance))
        yield row


def _make_cell(
    column: SourceColumn, near: Sequence[str], number: int, moment: datetime, chance: random.Random
) -> Any:
    """A value of the column's type, near to what the query compares it with, if it does."""
    match column.type:
        case ColumnType.BOOLEAN:
            return chance.random() < 0.5
        case ColumnType.DOUBLE:
            return chance.choice([_parse(each) for each in near] or [1.0, 100.0]) * chance.uniform(0.2, 1.2)
        case ColumnType.DATE:
            return moment.date()
        case ColumnType.TIMESTAMP:
            return moment.replace(tzinfo=None)
        case ColumnType.TIMESTAMPTZ:
            return moment
        case ColumnType.INTEGER | ColumnType.BIGINT:
            return int(_parse(chance.choice(near))) + chance.randint(-1, 1) if near else number
    return _make_text(column, near, number, chance)


def _parse(literal: str) -> float:
    try:
        return float(literal)
    except ValueError:
        return 1.0


def _make_text(column: SourceColumn, near: Sequence[str], number: int, chance: random.Random) -> str:
    """A name where the column holds names; else what the query asks for, more often than not."""
    if column.means in _NAMES:
        name, many = _NAMES[column.means]
        return f"{name}-{chance.randint(1, many)}"
    if near and chance.random() < 0.8:
        return chance.choice(near).replace("%", "")
    return f"text-{number}"
