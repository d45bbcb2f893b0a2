"""What a facts query may say: one SELECT over the charter's declared tables, and nothing that reaches outside them.

Every node of the parsed query must be of a kind listed here, so that what nobody thought of is refused. The rule that
looks at sources (AR01) is only as good as this list of tables is true.
"""

import re
from functools import lru_cache
from typing import NoReturn

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from charter.registry.document import Measure
from ground.errors import BadInput

DIALECT = "duckdb"
LONGEST_QUERY = 10_000  # characters
COLUMNS = frozenset({"at", "person", "team", "value", "weight"})
# What tells when in the day or week somebody was at work.
CLOCK_COLUMNS = frozenset({"authored_local", "after_hours"})
CLOCK_PARTS = frozenset({"HOUR", "MINUTE", "DOW", "ISODOW", "WEEKDAY"})

# Of what a list of times may be made, so that it is no longer than the days between two of them.
LONG_STEPS = frozenset({"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"})

_TABLE_NAME = re.compile(r"[a-z][a-z0-9_]*")

_STRUCTURE: tuple[type[exp.Expression], ...] = (
    exp.Select, exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.Qualify, exp.With, exp.CTE, exp.Subquery,
    exp.Union, exp.Table, exp.TableAlias, exp.Alias, exp.Column, exp.Identifier, exp.Distinct, exp.Window, exp.Order,
    exp.Ordered, exp.Filter, exp.Paren, exp.Tuple, exp.Literal, exp.Boolean, exp.Null, exp.Interval, exp.Var,
    exp.DataType, exp.Exists,
)  # fmt: skip
_OPERATORS: tuple[type[exp.Expression], ...] = (
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Between, exp.Like,
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg, exp.Case, exp.If, exp.AtTimeZone,
)  # fmt: skip
# No clock and no chance: the same snapshot must always give the same values.
_FUNCTIONS: tuple[type[exp.Expression], ...] = (
    exp.Cast, exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least, exp.Abs, exp.Round, exp.Floor, exp.Ceil, exp.Ln,
    exp.Lower, exp.Upper, exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Median, exp.DateDiff, exp.DateTrunc,
    exp.TimestampTrunc, exp.Extract, exp.DayOfWeek, exp.DayOfWeekIso, exp.TimeToUnix, exp.RowNumber, exp.Lag, exp.Lead,
    exp.Explode, exp.GenerateSeries,
)  # fmt: skip
# By exact class, as some of sqlglot's dangerous nodes are subclasses of harmless ones.
_ALLOWED = frozenset((*_STRUCTURE, *_OPERATORS, *_FUNCTIONS))


def check_facts_sql(measure: Measure) -> None:
    """Raise BadInput unless the facts query reads exactly the declared sources and gives the columns of facts."""
    query = parse_facts(measure.facts)
    tables = _tables(query)
    declared = set(measure.sources)
    if odd := sorted(name for name in declared if not _TABLE_NAME.fullmatch(name)):
        refuse(
            f"“{odd[0]}” cannot be the name of a source: use small letters, digits and underscores.",
            "sources",
        )
    if len(declared) != len(measure.sources):
        refuse("A source is named twice.", "sources")
    if undeclared := sorted(tables - declared):
        refuse(f"The query reads {', '.join(undeclared)}, which the charter does not declare as a source.")
    if unread := sorted(declared - tables):
        refuse(
            f"The charter declares {', '.join(unread)} as a source, but the query does not read it.",
            "sources",
        )
    _check_columns(query)


def list_tables(sql: str) -> frozenset[str]:
    """The tables that a facts query reads, CTEs resolved; BadInput where it is no such query."""
    return frozenset(_tables(parse_facts(sql)))


def carries_person(measure: Measure) -> bool:
    """Whether each event says whose it is, so that contributors can be counted and one's own value worked out."""
    return "person" in parse_facts(measure.facts).named_selects


def find_time(measure: Measure) -> str:
    """The expression by which the query dates its events, whatever its tables are called: alike where two date them alike."""
    query = parse_facts(measure.facts)
    at = next(part for part in query.expressions if part.alias_or_name == "at").unalias().copy()
    for column in at.find_all(exp.Column):
        column.set("table", None)
    return str(at.sql(DIALECT, normalize=True)).lower()


def looks_at_clock(measure: Measure) -> bool:
    """Whether the query says so by its words, whatever its sources: day of the week, hour, a person's own clock (AR03)."""
    query = parse_facts(measure.facts)
    parts = {str(part.this).upper() for part in query.find_all(exp.Extract)}
    columns = {column.name.lower() for column in query.find_all(exp.Column)}
    weekdays = query.find(exp.DayOfWeek, exp.DayOfWeekIso)
    return weekdays is not None or bool(parts & CLOCK_PARTS) or bool(columns & CLOCK_COLUMNS)


@lru_cache(maxsize=1000)
def parse_facts(sql: str) -> exp.Select:
    """The checked query; kept, since several checks read the same one and none changes it."""
    if len(sql) > LONGEST_QUERY:
        refuse(f"The query is longer than {LONGEST_QUERY} characters.")
    try:
        statements = sqlglot.parse(sql, dialect=DIALECT)
    except (SqlglotError, RecursionError):
        refuse("The query cannot be read as DuckDB SQL.")
    if len(statements) != 1 or type(statements[0]) is not exp.Select:
        refuse("The query must be exactly one SELECT.")
    query = statements[0]
    _check_nodes(query)
    return query


def _check_nodes(query: exp.Select) -> None:
    for node in query.walk():
        if type(node) not in _ALLOWED and not _counts_rows(node):
            refuse(f"The query may not use {_name_of(node)}.")
        if isinstance(node, exp.Table) and not _is_plain_table(node):
            refuse(
                "The query may read tables by their plain name only: no files, functions, schemas or samples."
            )
        if isinstance(node, exp.Column) and node.args.get("db"):
            refuse("The query may not name a schema.")
        if isinstance(node, exp.With) and (node.parent is not query or node.args.get("recursive")):
            refuse("WITH belongs at the start of the query, and may not be recursive.")
        if isinstance(node, exp.Select) and node.args.get("into"):
            refuse("The query may not write.")
    if not all(_is_tied(join) for join in query.find_all(exp.Join)):
        refuse(_UNTIED)
    _check_lists(query)


_UNTIED = (
    "Each JOIN needs ON with one.column = other.column (or USING), which ties it to what stands before. Without it every row "
    "meets every other. For a single value, write (SELECT max(…) FROM …) where the value is needed."
)


def _is_tied(join: exp.Join) -> bool:
    """Whether a joined row meets only rows that are equal to it in something: no cross join, however it is written."""
    if join.args.get(
        "method"
    ):  # NATURAL is a cross join where no names agree; POSITIONAL and ASOF say nothing of rows
        return False
    if join.args.get("using"):
        return True
    on, joined = join.args.get("on"), _names_of(join.this)
    return on is not None and any(_ties(part, joined) for part in _conjuncts(on))


def _conjuncts(condition: exp.Expr) -> list[exp.Expr]:
    """What all has to hold for a condition to hold."""
    condition = condition.unnest()
    if type(condition) is not exp.And:
        return [condition]
    return [*_conjuncts(condition.this), *_conjuncts(condition.expression)]


def _ties(condition: exp.Expr, joined: frozenset[str]) -> bool:
    """Whether a condition is an equality of columns of what is joined and columns of something else, each called by its table."""
    if type(condition) is not exp.EQ:
        return False
    both = (condition.this, condition.expression)
    sides = [{column.table.lower() for column in side.find_all(exp.Column)} for side in both]
    return all(sides) and any(
        here <= joined and not there & (joined | {""}) for here, there in (sides, sides[::-1])
    )


def _names_of(joined: exp.Expr) -> frozenset[str]:
    """By which names the columns of a joined table or subquery are called."""
    if joined.alias:
        return frozenset({joined.alias.lower()})
    return frozenset(table.alias_or_name.lower() for table in joined.find_all(exp.Table))


def _check_lists(query: exp.Select) -> None:
    """Rows that are made from nothing: one list at most, of times that are days apart."""
    if len(list(query.find_all(exp.Explode))) > 1:
        refuse("The query may unfold one list only (unnest).")
    for series in query.find_all(exp.GenerateSeries):
        step = series.args.get("step")
        if not isinstance(step, exp.Interval) or str(step.args.get("unit")).upper() not in LONG_STEPS:
            refuse("generate_series needs a step of a day or more, such as INTERVAL 1 DAY.")


def _counts_rows(node: exp.Expr) -> bool:
    return type(node) is exp.Star and type(node.parent) is exp.Count


# How single parts of a query are called by whoever writes one.
NAMED: dict[type[exp.Expr], str] = {
    exp.Star: "“*” for all columns",
    exp.Subquery: "a query within the query",
    exp.Window: "a window (OVER)",
    exp.Join: "a join of this kind",
    exp.Lambda: "a function written in place",
}


def _name_of(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous):
        return f"the function {node.name}"
    return (
        f"the function {node.sql_name().lower()}"
        if isinstance(node, exp.Func)
        else NAMED.get(type(node), type(node).__name__.upper())
    )


def _is_plain_table(table: exp.Table) -> bool:
    allowed = {"this", "alias", "joins"}
    return isinstance(table.this, exp.Identifier) and not any(
        value for key, value in table.args.items() if key not in allowed
    )


def _tables(query: exp.Select) -> set[str]:
    """Names read that are no CTE *yet*: a CTE is known from the next one on, so a name used before is a table."""
    known: set[str] = set()
    tables: set[str] = set()
    for cte in query.ctes:
        tables |= _names(cte.this) - known
        if cte.alias.lower() in known:
            refuse(f"WITH names {cte.alias} twice.")
        known.add(cte.alias.lower())
    tables |= {
        table.name.lower() for table in query.find_all(exp.Table) if not table.find_ancestor(exp.CTE)
    } - known
    if shadowed := sorted(tables & known):
        refuse(f"WITH gives {shadowed[0]} the name of a table that the query reads. Choose another name.")
    return tables


def _names(part: exp.Expression) -> set[str]:
    # DuckDB compares names without regard to case, quoted ones too.
    return {table.name.lower() for table in part.find_all(exp.Table)}


def _check_columns(query: exp.Select) -> None:
    names = query.named_selects
    if len(names) != len(query.expressions) or "" in names:
        refuse("Name each column that the query gives: at, person or team, value, and perhaps weight.")
    if len(set(names)) != len(names):
        refuse("The query gives a column twice.")
    if unknown := sorted(set(names) - COLUMNS):
        refuse(
            f"The query gives a column “{unknown[0]}”. Facts have at, person, team, value and weight only."
        )
    if missing := [name for name in ("at", "value") if name not in names]:
        refuse(f"The query gives no column “{missing[0]}”.")
    if not {"person", "team"} & set(names):
        refuse("The query says of no event whose it is: give a column “team” or “person”.")


def refuse(problem: str, part: str = "facts") -> NoReturn:
    raise BadInput(problem, field=f"what.measure.{part}", code="facts_query")
