"""What a text of SQL reaches of people: `analyse(sql, dialect, tables)`. Pure; the scan and the SQL door ask it alike."""

import unicodedata
from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from charter.panels.from_clauses import Given
from charter.panels.queries import QueryWalk
from charter.panels.reaching import ReachKind, StatementFindings, unreadable, worst_of
from charter.panels.scopes import Traced
from charter.panels.tables import Tables

TracedColumns = tuple[tuple[str, Traced], ...]
LONGEST_SQL = 200_000  # characters
DIALECTS = frozenset(
    [
        "athena",
        "bigquery",
        "clickhouse",
        "databricks",
        "doris",
        "drill",
        "druid",
        "duckdb",
        "hive",
        "mysql",
        "oracle",
        "postgres",
        "presto",
        "redshift",
        "snowflake",
        "spark",
        "sqlite",
        "starrocks",
        "trino",
        "tsql",
    ]
)
# What changes nothing that anybody reads, or is said again as a table of its own.
_HARMLESS = (
    exp.Use,
    exp.Set,
    exp.Transaction,
    exp.Commit,
    exp.Rollback,
    exp.Comment,
    exp.Semicolon,
    exp.Drop,
    exp.Alter,
)


def analyse(sql: str, dialect: str, tables: Tables) -> StatementFindings:
    """Say what SQL reaches: of all statements in it together.

    `dialect` is one of `DIALECTS`, or "" for none in particular. What cannot be read or resolved counts as reached, so this
    never raises for what it is given.
    """
    return analyse_columns(sql, dialect, tables)[0]


def analyse_columns(sql: str, dialect: str, tables: Tables) -> tuple[StatementFindings, TracedColumns]:
    """The same, with what each column rests on that the last statement gives."""
    if len(sql) > LONGEST_SQL:
        return unreadable(ReachKind.UNREADABLE, f"it is longer than {LONGEST_SQL:,} characters"), ()
    try:
        return _analyse(sql, dialect, tables)
    except SqlglotError as error:
        return unreadable(ReachKind.UNREADABLE, _first_line(error)), ()
    except RecursionError:
        return unreadable(ReachKind.UNREADABLE, "it is nested too deeply"), ()
    except Exception as error:  # what a parser made of anybody's text may trip up what nobody thought of
        return unreadable(ReachKind.UNREADABLE, f"{type(error).__name__} while it was looked at"), ()


def _analyse(sql: str, dialect: str, tables: Tables) -> tuple[StatementFindings, TracedColumns]:
    statements = [each for each in sqlglot.parse(sql, dialect=dialect or None) if each is not None]
    walk = QueryWalk(tables)
    given = None
    for statement in statements:
        given = _look_at(statement, walk) or given
    traced = given.columns if given else ()
    columns = tuple((name, worst_of(cell.holds for cell in each.cells)) for name, each in traced)
    people = bool(given and given.relation.of_people)
    found = StatementFindings(
        tuple(sorted(walk.reached)), frozenset(walk.read), len(statements), columns, people
    )
    return found, traced


def _look_at(statement: exp.Expr, walk: QueryWalk) -> Given | None:
    """Look at one statement; what it gives, where it gives anything."""
    for name in _look_alikes(statement):
        walk.reach(ReachKind.LOOK_ALIKE, f"“{name}”")
    if isinstance(statement, exp.Query | exp.Values):
        if any(select.args.get("into") for select in statement.find_all(exp.Select)):
            walk.reach(ReachKind.NO_QUERY, "SELECT INTO")
        return walk.give(walk.query(statement, {}, None))
    if isinstance(statement, _HARMLESS):
        walk.reach(ReachKind.NO_QUERY, type(statement).__name__.upper(), softened=True)
        return None
    return _look_inside(statement, walk)


def _look_inside(statement: exp.Expr, walk: QueryWalk) -> Given | None:
    """A statement that holds a query, such as CREATE VIEW or EXPLAIN: what that query gives, leaves."""
    inner = next(
        (
            each
            for each in (statement.args.get("expression"), statement.args.get("this"))
            if isinstance(each, exp.Query)
        ),
        None,
    )
    creates = isinstance(statement, exp.Create)
    walk.reach(ReachKind.NO_QUERY, str(statement.key).upper(), softened=creates)
    if inner is not None:
        return walk.give(walk.query(inner, {}, None))
    for query in () if creates else statement.find_all(exp.Select):
        walk.give(walk.query(query, {}, None))
    return None


def _look_alikes(statement: exp.Expr) -> Iterator[str]:
    """Names with letters of more than one script, with letters that are another one's shape, or with what nobody sees."""
    for identifier in statement.find_all(exp.Identifier):
        name = identifier.name
        if not name.isascii() and _is_odd(name):
            yield name


def _is_odd(name: str) -> bool:
    if unicodedata.normalize("NFKC", name) != unicodedata.normalize("NFC", name):
        return True
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in name if letter.isalpha()}
    hidden = any(unicodedata.category(letter) in ("Cf", "Cc", "Co", "Cn") for letter in name)
    return hidden or (len(scripts) > 1 and "LATIN" in scripts)


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines() or ["it is no SQL"]
    return lines[0].rstrip(".")
