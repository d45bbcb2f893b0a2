"""What the columns of facts are made of: described columns, followed through tables, WITH, UNION, CASE and windows. Pure.

sqlglot resolves every column to its table (`qualify`), which binds the query to what its sources describe. From there each
column that the query gives is followed to the columns of sources that it rests on.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import product
from typing import cast

from msgspec import Struct
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify

from charter.registry.document import Measure
from charter.registry.facts_sql import DIALECT, parse_facts, refuse
from charter.registry.facts_times import CLOCK, NO_TIME, TimeKind, TimeOf, combine
from charter.registry.source_descriptions import ColumnType, Meaning, SourceColumn, SourceDescription

MOST_BRANCHES = 32  # ways through nested UNIONs


class ColumnPlace(Struct, frozen=True):
    """A column of a source, in one of the places where the query reads that source."""

    reading: int
    source: str
    column: str
    means: Meaning | None


class Origin(Struct, frozen=True):
    """What a column rests on; `unchanged` where it is one column of a source as it stands."""

    places: frozenset[ColumnPlace] = frozenset()
    unchanged: ColumnPlace | None = None
    time: TimeOf = NO_TIME
    aside: frozenset[ColumnPlace] = (
        frozenset()
    )  # what it rests on by way of a subquery, of other rows than its own


Row = Mapping[str, Origin]
Columns = tuple[tuple[str, SourceColumn], ...]  # of one source, in its order


class Lineage(Struct, frozen=True):
    """The columns that a query gives, once for each of its branches (UNION), and what else it does."""

    rows: tuple[Row, ...]
    read: frozenset[str]  # sources
    reads_clock: bool
    misuse: str = ""  # of a person column: what is made of it


def follow_columns(measure: Measure, sources: Mapping[str, SourceDescription]) -> Lineage:
    """Follow the columns of a facts query; BadInput where it names a source or a column that is not described."""
    if unknown := sorted(set(measure.sources) - set(sources)):
        refuse(f"Nobody has described the source {unknown[0]}.", "sources")
    if bare := sorted(slug for slug in measure.sources if not sources[slug].columns):
        refuse(f"The source {bare[0]} is described without its columns.", "sources")
    named = {table.name.lower() for table in parse_facts(measure.facts).find_all(exp.Table)}
    told = {slug: tuple(each.columns.items()) for slug, each in sorted(sources.items()) if each.columns}
    read = {slug: columns for slug, columns in told.items() if slug in named}
    return _follow_query(measure.facts, tuple((read or told).items()))


@lru_cache(maxsize=1000)
def _follow_query(facts: str, described: tuple[tuple[str, Columns], ...]) -> Lineage:
    """The same by what it rests on; kept, since every check of a charter asks, on every page that shows it."""
    sources = {slug: dict(columns) for slug, columns in described}
    schema: dict[str, object] = {
        slug: {name: column.type.value for name, column in columns.items()}
        for slug, columns in sources.items()
    }
    query = parse_facts(facts).copy()
    for identifier in query.find_all(exp.Identifier):  # DuckDB compares names without regard to case
        identifier.set("this", identifier.name.lower())
    try:
        query = qualify(query, dialect=DIALECT, schema=schema, quote_identifiers=False, identify=False)
    except (SqlglotError, RecursionError) as error:
        refuse(f"The query does not fit the columns that its sources describe: {_first_line(error)}")
    follower = _Follower(sources)
    rows = follower.follow(query, {}, {})
    return Lineage(tuple(rows), frozenset(follower.read), follower.clock, follower.misuse)


def _first_line(error: Exception) -> str:
    return str(error).partition(". Line")[0].splitlines()[0].rstrip(".") + "."


class _Follower:
    """One walk through a query. `tables` of an environment: what each name in FROM gives, column by column."""

    def __init__(self, sources: Mapping[str, Mapping[str, SourceColumn]]) -> None:
        self._sources = sources
        self.read: set[str] = set()
        self.clock = False
        self.misuse = ""
        self._readings: list[ColumnPlace] = []
        self._read_by: dict[str, list[ColumnPlace]] = {}  # each WITH

    def follow(self, query: exp.Query, known: Mapping[str, list[Row]], outer: Mapping[str, Row]) -> list[Row]:
        """The columns that a query gives, a row for each branch. `known`: WITH so far; `outer`: tables around a subquery."""
        if isinstance(query, exp.Subquery):
            return self.follow(query.this, known, outer)
        known = dict(known)
        for cte in query.ctes:
            before = len(self._readings)
            known[cte.alias] = self.follow(cte.this, known, outer)
            self._read_by[cte.alias] = self._readings[before:]
        if isinstance(query, exp.SetOperation):
            return self._both(query, known, outer)
        return [
            row for tables in self._tables(query, known, outer) for row in [self._row(query, known, tables)]
        ]

    def _both(
        self, query: exp.SetOperation, known: Mapping[str, list[Row]], outer: Mapping[str, Row]
    ) -> list[Row]:
        """Both sides of a UNION; columns go by their place and are called as on the left."""
        left = self.follow(query.left, known, outer)
        names = list(left[0])
        right = self.follow(query.right, known, outer)
        return [*left, *(dict(zip(names, row.values(), strict=False)) for row in right)]

    def _tables(
        self, query: exp.Query, known: Mapping[str, list[Row]], outer: Mapping[str, Row]
    ) -> Iterator[dict[str, Row]]:
        """Every choice of a branch for each name in FROM and JOIN."""
        begin = query.args.get("from_")
        items = [*([begin.this] if begin else []), *(join.this for join in query.args.get("joins") or ())]
        names = [item.alias_or_name for item in items]
        given = [self._given(item, known, outer) for item in items]
        count = 1
        for each in given:
            count *= len(each)
        if count > MOST_BRANCHES:
            refuse("The query nests more UNIONs than can be followed.")
        for chosen in product(*given):
            yield {**outer, **dict(zip(names, chosen, strict=True))}

    def _given(self, item: exp.Expr, known: Mapping[str, list[Row]], outer: Mapping[str, Row]) -> list[Row]:
        if not isinstance(item, exp.Table):
            return self.follow(cast(exp.Query, item), known, outer)
        if item.name in known:
            self._readings += self._read_by[item.name]
            return known[item.name]
        self.read.add(item.name)
        number = len(self._readings) + 1
        self._readings.append(ColumnPlace(number, item.name, "", None))
        described = self._sources[item.name]
        return [
            {
                name: _origin(ColumnPlace(number, item.name, name, col.means), col)
                for name, col in described.items()
            }
        ]

    def _row(self, query: exp.Query, known: Mapping[str, list[Row]], tables: Mapping[str, Row]) -> Row:
        for clause in ("where", "having", "qualify", "group", "order"):
            if (part := query.args.get(clause)) is not None:
                self._follow(part, known, tables)
        for join in query.args.get("joins") or ():
            if (on := join.args.get("on")) is not None:
                self._follow(on, known, tables)
        return {each.alias_or_name: self._follow(each, known, tables) for each in query.selects}

    def _follow(self, node: exp.Expr, known: Mapping[str, list[Row]], tables: Mapping[str, Row]) -> Origin:
        """What an expression rests on."""
        if isinstance(node, exp.Column):
            found = tables.get(node.table, {}).get(node.name, Origin())
            self.clock |= found.time.kind is TimeKind.CLOCK
            return found
        if isinstance(node, exp.Query):
            return self._follow_subquery(node, known, tables)
        parts = [self._follow(child, known, tables) for child in node.iter_expressions()]
        if isinstance(node, exp.Alias | exp.Paren):
            return parts[0]
        self._check_persons(node, parts)
        if isinstance(node, exp.Window):
            return self._over_rows(node, known, tables)
        time = combine(node, [part.time for part in parts])
        self.clock |= time.kind is TimeKind.CLOCK
        return Origin(
            frozenset().union(*(part.places for part in parts)),
            None,
            time,
            frozenset().union(*(part.aside for part in parts)),
        )

    def _over_rows(
        self, node: exp.Window, known: Mapping[str, list[Row]], tables: Mapping[str, Row]
    ) -> Origin:
        """A window's value is made of other rows, unless those are one person's; counting rows looks into none."""
        of = self._follow(node.this, known, tables)
        parted = [self._follow(each, known, tables).unchanged for each in node.args.get("partition_by") or ()]
        own = any(place is not None and place.means is Meaning.PERSON for place in parted)
        return Origin(
            of.places if own else frozenset(), None, of.time, of.aside if own else of.aside | of.places
        )

    def _follow_subquery(
        self, node: exp.Query, known: Mapping[str, list[Row]], tables: Mapping[str, Row]
    ) -> Origin:
        """A subquery's value is made of other rows than the one it stands in: of all that it reads, if only by counting."""
        before = len(self._readings)
        found = [origin for row in self.follow(node, known, tables) for origin in row.values()]
        read = frozenset(self._readings[before:])
        places = read.union(*(each.places | each.aside for each in found))
        times = [each.time for each in found]
        time = combine(node, times) if len(times) == 1 else CLOCK if CLOCK in times else NO_TIME
        return Origin(frozenset(), None, TimeOf(time.kind, time.unit, time.moved, time.places, True), places)

    def _check_persons(self, node: exp.Expr, parts: list[Origin]) -> None:
        """A person says whose an event is: it is grouped by, compared with another column of persons, or found missing."""
        persons = [part for part in parts if part.unchanged and part.unchanged.means is Meaning.PERSON]
        matched = isinstance(node, exp.EQ) and len(persons) == 2
        if persons and not matched and not isinstance(node, exp.Group | exp.Window | exp.Is):
            self.misuse = self.misuse or _name(node)


def _origin(place: ColumnPlace, column: SourceColumn) -> Origin:
    return Origin(frozenset({place}), place, _time(place, column))


def _time(place: ColumnPlace, column: SourceColumn) -> TimeOf:
    if column.means is Meaning.WORKING_TIME:
        return CLOCK
    if column.means is not Meaning.TIME:
        return NO_TIME
    places: frozenset[object] = frozenset({place})
    if column.type is ColumnType.DATE:
        return TimeOf(TimeKind.DAY, "DAY", "", places)
    return TimeOf(TimeKind.MOMENT, "", "", places)


def _name(node: exp.Expr) -> str:
    return node.sql_name().lower() if isinstance(node, exp.Func) else type(node).__name__.lower()
