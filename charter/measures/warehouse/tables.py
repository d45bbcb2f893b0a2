"""Tables as measures read them: described columns as what they are described as, and rows judged for what they can be used for.

Pure: descriptions in, DuckDB SQL out. A row is unsound for a measure where a column that the measure reads cannot be read as
what it is, or holds a moment outside the life of any source or a number beyond all counting. Unsound rows never reach a
facts query: one such moment would be a million days of work in progress. They count as events that cannot be used.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

import sqlglot
from msgspec import Struct
from sqlglot import exp

from charter.registry.document import Measure
from charter.registry.facts_sql import DIALECT
from charter.registry.source_descriptions import ColumnType, SourceDescription

# No warehouse of development work holds older rows; the zero of Unix and of most databases lies before it.
LIFE_BEGINS = date(1980, 1, 1)
# Shifts and holidays are planned ahead, no further than this.
PLANNED_AHEAD = timedelta(days=366)
# A number beyond this is a fault of the source, and its sums would lose their last digits.
LARGEST = 1e15
# The column that says which columns of a row could not be read: one bit each.
UNREADABLE = "~unreadable"
# How many keys of events are told apart at a time.
_KEYS_AT_ONCE = 500_000
_BITS = 120  # of a HUGEINT; columns beyond share the last

_TIMES = frozenset(
    {"DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE"}
)
_WHOLE = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT"}
)
# What a described type is read as. Whole numbers are read wide, so that adding two of them never fails.
_READ_AS = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.TIMESTAMPTZ: "TIMESTAMP WITH TIME ZONE",
}


class ReadColumn(Struct, frozen=True):
    """One column of a table: its name there, the DuckDB type that it has there and the one that it is read as."""

    name: str
    found: str
    type: str


class ReadTable(Struct, frozen=True):
    """A table's columns as they are read, in the order of their description, and the one that tells events apart."""

    name: str
    columns: tuple[ReadColumn, ...]
    event_key: str | None = None
    team: str | None = None
    person: str | None = None

    def of(self, names: Collection[str]) -> tuple[ReadColumn, ...]:
        return tuple(column for column in self.columns if column.name.lower() in names)


def plan_reading(table: str, found: Mapping[str, str], described: SourceDescription | None) -> ReadTable:
    """Which columns of a table are read, and as what. `found`: the DuckDB type of each column that is there.

    Of a described table nothing but what is described is read. A calendar day stays one, whatever it is described as.
    """
    if described is None or not described.columns:
        return ReadTable(table, tuple(ReadColumn(name, kind, _widen(kind)) for name, kind in found.items()))
    there = {name.lower(): name for name in found}
    columns = tuple(
        ReadColumn(there[name], found[there[name]], _read_as(column.type, found[there[name]]))
        for name, column in described.columns.items()
        if name in there
    )
    return ReadTable(
        table,
        columns,
        event_key=there.get(described.event_key or ""),
        team=_only(described.teams, there),
        person=_only(described.persons, there),
    )


def list_columns_read(measure: Measure) -> frozenset[str]:
    """The names of all columns that a facts query mentions, in small letters."""
    query = sqlglot.parse_one(measure.facts, dialect=DIALECT)
    return frozenset(column.name.lower() for column in query.find_all(exp.Column))


def write_reading(table: ReadTable, origin: str, *, text: bool = False) -> str:
    """SELECT that reads `origin`, the table as it is found, with each column as its type and what could not be read.

    `text`: every column comes as text, whatever its type is there.
    """
    casts = {column: _cast(column, "VARCHAR" if text else column.found) for column in table.columns}
    columns = [f"{cast} AS {quote(column.name)}" for column, cast in casts.items()]
    bits = [
        f"CASE WHEN {quote(column.name)} IS NOT NULL AND {casts[column]} IS NULL THEN {bit}::HUGEINT ELSE 0::HUGEINT END"
        for column, bit in _bits(table).items()
        if casts[column] != quote(column.name)
    ]
    unreadable = " | ".join(bits) or "0::HUGEINT"
    return f"SELECT {', '.join(columns)}, {unreadable} AS {quote(UNREADABLE)} FROM {origin}"


def write_soundness(table: ReadTable, names: Collection[str], now: datetime) -> str:
    """The condition that a row of a read table is sound for a measure that reads the columns of these names."""
    read = table.of(names)
    mask = 0
    for column in read:
        mask |= _bits(table)[column]
    conditions = [f"({quote(UNREADABLE)} & {mask}::HUGEINT) = 0"] if mask else []
    conditions += [f"coalesce({sound}, true)" for column in read if (sound := _sound(column, now))]
    if table.event_key:
        # A source that names its event key promises that each row has one.
        conditions.append(f"coalesce({quote(table.event_key)}::VARCHAR, '') <> ''")
    return " AND ".join(conditions) or "true"


def write_repeated(table: ReadTable, origin: str, into: str, rows: int) -> Iterator[str]:
    """Statements that put the keys of events that `origin` has more than once `into` a table.

    A part of the keys at a time, so that telling millions apart needs little memory.
    """
    key = quote(table.event_key or "")
    parts = 1 + rows // _KEYS_AT_ONCE
    for part in range(parts):
        verb = f"INSERT INTO {into}" if part else f"CREATE OR REPLACE TABLE {into} AS"
        yield (
            f"{verb} SELECT {key} AS key FROM {origin} WHERE hash({key}) % {parts} = {part} AND {key} IS NOT NULL"
            " GROUP BY ALL HAVING count(*) > 1"
        )


def write_one_an_event(table: ReadTable, origin: str, repeated: str) -> str:
    """SELECT of `origin` with one row of each `repeated` event: of rows that differ, the greatest, which has more filled in."""
    key = quote(table.event_key or "")
    order = ", ".join(f"{quote(column.name)} DESC NULLS LAST" for column in table.columns)
    return (
        f"SELECT * FROM {origin} WHERE {key} IS NULL OR {key} NOT IN (SELECT key FROM {repeated}) "
        f"UNION ALL SELECT * EXCLUDE (place) FROM (SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY {order})"
        f" AS place FROM {origin} WHERE {key} IN (SELECT key FROM {repeated})) WHERE place = 1"
    )


def point_at(query: exp.Select, places: Mapping[str, str]) -> exp.Select:
    """The query with each of these tables read from where it is to be read from, under its old name."""
    pointed = query.copy()
    for table in list(pointed.find_all(exp.Table)):
        if place := places.get(table.name.lower()):
            alias = table.alias_or_name
            table.replace(exp.to_table(place, dialect=DIALECT, alias=exp.to_identifier(alias, quoted=True)))
    return pointed


def get_life(now: datetime) -> tuple[date, date]:
    """The days on which something can have happened that a source knows of: half-open."""
    return LIFE_BEGINS, now.astimezone(UTC).date() + PLANNED_AHEAD


def quote(name: str) -> str:
    """A name as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def _only(described: tuple[str, ...], there: Mapping[str, str]) -> str | None:
    """The one column that is this; None where there is none, or more of them."""
    found = [there[name] for name in described if name in there]
    return found[0] if len(found) == 1 else None


def _widen(found: str) -> str:
    return "BIGINT" if found in _WHOLE - {"UBIGINT", "HUGEINT"} else found


def _read_as(described: ColumnType, found: str) -> str:
    if found == "DATE" or (described is ColumnType.DATE and found in _TIMES):
        return found
    return _READ_AS.get(described, described.value)


def _cast(column: ReadColumn, found: str) -> str:
    name = quote(column.name)
    if found == column.type:
        return name
    if found == "VARCHAR" and column.type in _TIMES:
        # PostgreSQL writes "0044-03-15 BC" where DuckDB reads "0044-03-15 (BC)".
        name = f"regexp_replace({name}, '^(\\S+)(.*) BC$', '\\1 (BC)\\2')"
    return f"TRY_CAST({name} AS {column.type})"


def _bits(table: ReadTable) -> dict[ReadColumn, int]:
    return {column: 1 << min(place, _BITS) for place, column in enumerate(table.columns)}


def _sound(column: ReadColumn, now: datetime) -> str:
    """The condition on one column that is there; nothing where any content will do."""
    name = quote(column.name)
    if column.type in _TIMES:
        first, end = get_life(now)
        moments = [
            f"'{datetime.combine(day, time()):%Y-%m-%d %H:%M:%S}'::{column.type}" for day in (first, end)
        ]
        return f"({name} >= {moments[0]} AND {name} < {moments[1]})"
    if column.type in {"DOUBLE", "FLOAT"}:
        return f"(isfinite({name}) AND abs({name}) <= {LARGEST:.0f})"
    if column.type in _WHOLE or column.type.startswith("DECIMAL"):
        return f"({name} BETWEEN -{LARGEST:.0f} AND {LARGEST:.0f})"
    return ""
