"""One walk through the expressions of a query: what each rests on, and what is done there with people. Pure."""

import re
from collections.abc import Callable, Iterable
from typing import cast

from sqlglot import exp

from charter.panels.clock import COMPARISONS, MOVES, tell_time
from charter.panels.reaching import HeldColumn, Holds, Reached, ReachKind, name_cells
from charter.panels.scopes import NOTHING, SqlScope, Traced, unite
from charter.registry.facts_times import NO_TIME, TimeKind, TimeOf

_PREDICATES = (
    *COMPARISONS, exp.Like, exp.ILike, exp.RegexpLike, exp.RegexpILike, exp.SimilarTo, exp.Glob, exp.StartsWith, exp.Contains,
    exp.ArrayContains, exp.MatchAgainst, exp.Overlaps,
)  # fmt: skip
_COUNTING = (exp.Count, exp.CountIf, exp.ApproxDistinct, exp.Hll)
RANKING = (
    exp.RowNumber, exp.Rank, exp.DenseRank, exp.PercentRank, exp.CumeDist, exp.Ntile, exp.FirstValue, exp.LastValue,
    exp.NthValue,
)  # fmt: skip
_WEEKDAYS = frozenset(
    {"weekday", "dayofweek", "day_of_week", "dayofmonth", "day_of_month", "day", "dayofweek_iso", "dayofyear"}
)
_OUTSIDE = re.compile(
    r"^(dblink\w*|pg_read_\w+|pg_ls_\w+|pg_stat_file|lo_\w+|query_to_xml\w*|table_to_xml\w*|schema_to_xml\w*|cursor_to_xml\w*|"
    r"database_to_xml\w*|xmltable|load_file|openrowset|opendatasource|openquery|xp_\w+|sys_\w+|http\w*|url|s3\w*|hdfs|file|remote\w*|"
    r"read_\w+|parquet_scan|csv_scan|sniff_csv|glob|mysql|postgresql|mongodb|jdbc|odbc|executable|input|current_setting|"
    r"set_config|pg_(cancel|terminate|reload|rotate|notify|sleep|advisory)\w*|sleep|benchmark|waitfor|get_lock|system|copyfile)$",
    re.IGNORECASE,
)


class ExpressionWalk:
    """A walk that gathers what is reached. `query` is what knows subqueries."""

    def __init__(self) -> None:
        self.reached: dict[Reached, None] = {}
        self.team_lists: dict[int, bool] = {}  # of each subquery, by its node
        self._handlers: dict[type[exp.Expr], Callable[[exp.Expr, SqlScope], Traced]] = {
            exp.Column: self._column,
            exp.Case: self._case,
            exp.If: self._case,
            exp.Filter: self._filter,
            exp.Window: self._window,
            exp.Is: self._is,
            exp.Nullif: self._nullif,
            exp.Dot: self._dot,
            exp.Table: lambda node, scope: self.subquery(exp.select("*").from_(node.copy()), scope),
            exp.Columns: self._matching,
            **dict.fromkeys(MOVES, self._move),
            exp.Star: lambda node, scope: unite([*(r.whole() for r in scope.relations.values()), NOTHING]),
        }

    def subquery(self, node: exp.Query, scope: SqlScope) -> Traced:
        """What the columns of a subquery rest on."""
        raise NotImplementedError

    def reach(self, how: ReachKind, cells: Iterable[HeldColumn] | str, *, softened: bool = False) -> None:
        """Note that something is reached, once."""
        what = cells if isinstance(cells, str) else name_cells(cells)
        if what:
            self.reached.setdefault(Reached(how, what, softened))

    def walk(self, node: exp.Expr, scope: SqlScope) -> Traced:
        """What an expression rests on."""
        if isinstance(node, exp.Query):
            return self.subquery(node, scope)
        if handler := self._handlers.get(type(node)):
            return handler(node, scope)
        self._look_outside(node)
        if isinstance(node, _COUNTING):
            return self._count(node, scope)
        parts = [self.walk(child, scope) for child in node.iter_expressions()]
        if isinstance(node, exp.Alias | exp.Paren):
            return parts[0] if parts else NOTHING
        if isinstance(node, _PREDICATES):
            self._compare(node, parts, scope)
            return self._made(node, parts, scope).without(Holds.PERSON)
        return self._made(node, parts, scope)

    def hold(self, node: exp.Expr, scope: SqlScope) -> Traced:
        """A condition: whatever of a person is left in it picks people out."""
        found = self.walk(node, scope)
        self.reach(ReachKind.FILTERED, found.persons)
        return found.without(Holds.PERSON)

    def _made(self, node: exp.Expr, parts: list[Traced], scope: SqlScope) -> Traced:
        cells = frozenset[HeldColumn]().union(*(part.cells for part in parts))
        aggregated = isinstance(node, exp.AggFunc) or any(part.aggregated for part in parts)
        return Traced(cells, False, self._time(node, parts, cells, scope), aggregated)

    def _time(
        self, node: exp.Expr, parts: list[Traced], cells: frozenset[HeldColumn], scope: SqlScope
    ) -> TimeOf:
        time = tell_time(node, [part.time for part in parts])
        if time.kind is not TimeKind.CLOCK:
            return time
        told = [cell for cell in cells if cell.holds in (Holds.TIME, Holds.WORKING_TIME)]
        self.reach(ReachKind.HOURS, told or cells, softened=not scope.of_people)
        return NO_TIME

    def _column(self, node: exp.Expr, scope: SqlScope) -> Traced:
        column = cast(exp.Column, node)
        if isinstance(column.this, exp.Star):
            relation = scope.find_relation(column.table)
            return relation.whole() if relation else NOTHING
        found = scope.find_in(column.table, column.name) if column.table else scope.find(column.name)
        self.reach(ReachKind.UNRESOLVED, found.select(Holds.UNRESOLVED))
        if found.time.kind is TimeKind.CLOCK:
            self.reach(ReachKind.HOURS, found.select(Holds.WORKING_TIME), softened=not scope.of_people)
            return Traced(found.cells, found.unchanged, NO_TIME, found.aggregated)
        return found

    def _matching(self, node: exp.Expr, scope: SqlScope) -> Traced:
        """Every column whose name fits a pattern: it may be any."""
        found = unite([*(relation.whole() for relation in scope.relations.values()), NOTHING])
        self.reach(ReachKind.UNRESOLVED, found.select(Holds.UNRESOLVED))
        return Traced(found.cells)

    def _dot(self, node: exp.Expr, scope: SqlScope) -> Traced:
        """A field of something, or a function of a schema."""
        inner = node.args.get("expression")
        if isinstance(inner, exp.Func):
            return self.walk(inner, scope)
        parts = [
            self.walk(child, scope)
            for child in node.iter_expressions()
            if not isinstance(child, exp.Identifier)
        ]
        return Traced(unite([*parts, NOTHING]).cells)

    def _move(self, node: exp.Expr, scope: SqlScope) -> Traced:
        """A moment moved back by its own weekday or day of the month is cut to its week or month, which tells no weekday."""
        moved, by = node.this, node.args.get("expression")
        if by is not None and _counts_back(by, moved):
            found = self.walk(moved, scope)
            time = (
                TimeOf(TimeKind.DAY, "WEEK", "", found.time.places)
                if found.time.kind is TimeKind.DAY
                else found.time
            )
            return Traced(found.cells, False, time, found.aggregated)
        return self._made(node, [self.walk(child, scope) for child in node.iter_expressions()], scope)

    def _case(self, node: exp.Expr, scope: SqlScope) -> Traced:
        """Branches: what is compared picks people out, what is given passes on."""
        parts, chosen = [], node.args.get("this")
        branches = node.args.get("ifs") or [node]
        if isinstance(node, exp.Case) and chosen is not None:
            self.hold(chosen, scope)
        for branch in branches:
            self.hold(branch.this, scope)
            parts += [self.walk(branch.args["true"], scope)] if branch.args.get("true") else []
        otherwise = node.args.get("default") or node.args.get("false")
        parts += [self.walk(otherwise, scope)] if otherwise is not None else []
        return self._made(node, parts, scope)

    def _filter(self, node: exp.Expr, scope: SqlScope) -> Traced:
        self.hold(node.args["expression"].this, scope)
        return self.walk(node.this, scope)

    def _is(self, node: exp.Expr, scope: SqlScope) -> Traced:
        """That somebody is missing names nobody."""
        parts = [self.walk(child, scope) for child in node.iter_expressions()]
        return Traced(unite([*parts, NOTHING]).without(Holds.PERSON).cells)

    def _nullif(self, node: exp.Expr, scope: SqlScope) -> Traced:
        parts = [self.walk(child, scope) for child in node.iter_expressions()]
        self._compare(node, parts, scope)
        return self._made(node, parts, scope)

    def _count(self, node: exp.Expr, scope: SqlScope) -> Traced:
        """How many there are names nobody."""
        children = [child for child in node.iter_expressions() if not isinstance(child, exp.Star)]
        parts = [self.walk(child, scope) for child in children]
        counted = unite([*parts, NOTHING])
        scope.counted |= counted.persons
        cells = frozenset(cell for cell in counted.cells if cell.holds in (Holds.TEAM, Holds.PLAIN))
        return Traced(cells, False, NO_TIME, True)

    def _compare(self, node: exp.Expr, parts: list[Traced], scope: SqlScope) -> None:
        """Two columns of people are matched; a person and anything else picks somebody out."""
        persons = frozenset[HeldColumn]().union(*(part.persons for part in parts))
        if not persons:
            return
        if self._matches(node, parts):
            if isinstance(node, exp.In):
                self.reach(ReachKind.NARROWED if self._lists_a_team(node) else ReachKind.FILTERED, persons)
            if any(not scope.has(column) for column in node.find_all(exp.Column)):
                scope.correlated |= persons
            return
        literals = list(node.find_all(exp.Literal))
        if not (isinstance(node, exp.EQ | exp.NEQ) and [each.name for each in literals] == [""]):
            self.reach(ReachKind.FILTERED, persons)

    def _matches(self, node: exp.Expr, parts: list[Traced]) -> bool:
        matching = isinstance(node, exp.EQ | exp.NEQ | exp.NullSafeEQ | exp.In) and len(parts) == 2
        return matching and all(part.unchanged and len(part.cells) == len(part.persons) for part in parts)

    def _lists_a_team(self, node: exp.Expr) -> bool:
        """Whether a list of people is a query that keeps them by their team alone."""
        query = node.args.get("query")
        return query is not None and self.team_lists.get(id(query), False)

    def _window(self, node: exp.Expr, scope: SqlScope) -> Traced:
        of = self.walk(node.this, scope)
        self.window_parts(node, scope)
        if isinstance(node.this, (*RANKING, exp.IgnoreNulls)) and self._orders_values(node, scope):
            parted = unite(
                [*(self.walk(each, scope) for each in node.args.get("partition_by") or ()), NOTHING]
            )
            scope.ranks.append(not parted.select(Holds.TEAM))
        return Traced(of.cells, False, of.time, False)

    def _orders_values(self, node: exp.Expr, scope: SqlScope) -> bool:
        """Whether a rank is by anything but when something happened; the latest row of each group is no rank."""
        order = node.args.get("order")
        keys = [self.walk(key, scope) for key in (order.expressions if order is not None else ())]
        return not keys or not all(
            key.cells and all(cell.holds is Holds.TIME for cell in key.cells) for key in keys
        )

    def window_parts(self, node: exp.Expr, scope: SqlScope) -> None:
        """What a window is cut by and put in the order of."""
        for part in node.args.get("partition_by") or ():
            self.reach(ReachKind.WINDOWED, self.walk(part, scope).persons)
        order = node.args.get("order")
        for key in order.expressions if order is not None else ():
            self.reach(ReachKind.ORDERED, self.walk(key, scope).persons)

    def _look_outside(self, node: exp.Expr) -> None:
        if isinstance(node, exp.Func) and _OUTSIDE.match(name := name_function(node)):
            self.reach(ReachKind.OUTSIDE, name)


def _counts_back(by: exp.Expr, moved: exp.Expr) -> bool:
    """Whether a length is the weekday or the day of the month of what is moved, and of nothing else."""
    taken = [each for each in by.find_all(exp.Func) if name_function(each) in _WEEKDAYS]
    columns = {column.sql() for column in moved.find_all(exp.Column)}
    return bool(taken and columns) and {column.sql() for column in by.find_all(exp.Column)} == columns


def name_function(node: exp.Expr) -> str:
    """What a function is called, in small letters."""
    if isinstance(node, exp.Func) and not isinstance(node, exp.Anonymous | exp.AnonymousAggFunc):
        return str(node.sql_name()).lower()
    return str(node.name).lower()
