"""A query, to the governed views that it reads, the groups that it names, and what it does with values; or a refusal. Pure.

What is seen of an order or a rank is told to the line, which has rules about it. It is what can be recognised, not all that could
be done: whoever may have values of several groups can put them in order elsewhere.
"""

from collections.abc import Iterator, Mapping

import sqlglot
from msgspec import Struct
from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError

from governance.sql_door.lexing import fold_name
from governance.sql_door.refusals import NotAllowed, refuse_form, refuse_function, refuse_relation
from governance.sql_door.vocabulary import (
    CATALOGS,
    COUNTED,
    EXTREMES,
    FUNCTION_KINDS,
    FUNCTIONS,
    INFORMATION,
    PARTS,
    RANKING,
    SHOWN,
)

GOVERNED = "governed"
METRICS = "metrics"  # the view that lists metrics, which holds no value
PLAIN = frozenset({"cohort", "period", "starts_on"})  # what groups may be put in order by
GUARD = 1_000  # a limit of so many rows or more is a tool's guard against too many, and no top of anything


class Name(Struct, frozen=True):
    """A group that is named: as a text, or by the number of a parameter."""

    text: str = ""
    parameter: int = 0


class Query(Struct, frozen=True):
    """What a query asks for: by view, the groups that it names, None where it names none; and what it does with their values."""

    views: Mapping[str, tuple[Name, ...] | None] = {}
    by_value: bool = False
    limited: bool = False
    percentile: bool = False
    compare: bool = False
    export: bool = False
    reads_catalogs: bool = False


def read_query(text: str) -> Query:
    """Read one query. Raises NotAllowed for what is not read here."""
    tree = _parse(text)
    for node in tree.walk():
        _check_part(node)
    tables = list(_list_tables(tree))
    views = _read_views(tree, [each for each in tables if _is_view(each)])
    if not views:
        return Query(reads_catalogs=bool(tables))
    renamed = _renames(tree)
    return Query(
        views=views,
        by_value=any(not _is_plain(each, renamed) for each in tree.find_all(exp.Ordered)),
        limited=_is_limited(tree, renamed) or _takes_extremes(tree),
        percentile=any(_name_function(each) in RANKING for each in tree.find_all(exp.Func)),
        compare=sum(_is_view(each) for each in tables) > 1,
        reads_catalogs=len(tables) > len(views),
    )


def _parse(text: str) -> exp.Expr:
    try:
        found = sqlglot.parse(text, read="postgres")
    except (SqlglotError, RecursionError):
        raise NotAllowed(
            refuse_form("This statement cannot be read, so nobody can say what it asks for.")
        ) from None
    if len(found) != 1 or not isinstance(found[0], exp.Query | exp.Values):
        raise NotAllowed(refuse_form("Only queries are read here."))
    return found[0]


# Its parts


def _check_part(node: exp.Expr) -> None:
    if isinstance(node, exp.Func):
        if type(node) not in FUNCTION_KINDS and _name_function(node) not in FUNCTIONS:
            raise NotAllowed(refuse_function(_name_function(node)))
    elif type(node) not in PARTS:
        raise NotAllowed(refuse_form(f"{type(node).__name__.upper()} is not read here."))
    if _name_function(node) == "current_setting":
        _check_setting(node)
    if isinstance(node, exp.Dot):
        _check_qualified(node)
    elif isinstance(node, exp.Column) and _fold(node.this) in COUNTED:
        raise NotAllowed(refuse_form("How many rows tables have is not told here."))


def _check_qualified(dot: exp.Dot) -> None:
    """A function may be named with the schema that it is in, where that is the system's own."""
    if isinstance(dot.expression, exp.Func) and _fold(dot.this) not in ("pg_catalog", "information_schema"):
        raise NotAllowed(refuse_function(dot.sql("postgres")[:80]))


def _check_setting(node: exp.Expr) -> None:
    """A setting that is named is one that is shown here. One that a parameter names may be any: none holds what was not released."""
    named = node.expressions[0] if node.expressions else None
    named = named.this if isinstance(named, exp.Cast) else named
    if not isinstance(named, exp.Placeholder) and not (
        isinstance(named, exp.Literal) and named.name in SHOWN
    ):
        raise NotAllowed(refuse_function("current_setting"))


def _name_function(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous):
        name = node.this
        return fold_name(name) if isinstance(name, str) else _fold(name)
    return str(node.sql_name()).lower() if isinstance(node, exp.Func) else ""


def _fold(node: object) -> str:
    if not isinstance(node, exp.Identifier):
        return ""
    return str(node.this) if node.args.get("quoted") else fold_name(str(node.this))


# What it reads


def _list_tables(tree: exp.Expr) -> Iterator[exp.Table]:
    """Every relation, checked; the names that the query itself gives to its parts are none."""
    own = {_fold(each.args["alias"].this) for each in tree.find_all(exp.CTE) if each.args.get("alias")}
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier):
            continue  # a function, which is looked at as one
        name, schema = _fold(table.this), _fold(table.args.get("db"))
        if not schema and name in own and name not in CATALOGS:
            continue
        _check_relation(table, schema, name)
        yield table


def _check_relation(table: exp.Table, schema: str, name: str) -> None:
    if schema == "information_schema" and name in INFORMATION and _says_which_schema(table):
        return
    if schema in ("", "pg_catalog") and name in CATALOGS:
        return
    if schema in ("", GOVERNED) and not table.args.get("catalog") and not name.startswith("pg_"):
        return
    raise NotAllowed(refuse_relation(table.sql("postgres")[:120]))


def _says_which_schema(table: exp.Table) -> bool:
    scope = table.find_ancestor(exp.Select)
    where = scope.args.get("where") if scope is not None else None
    return where is not None and any(
        _fold(each.this).endswith("schema") or _fold(each.this) in ("schema_name", "table_catalog")
        for each in where.find_all(exp.Column)
    )


def _is_view(table: exp.Table) -> bool:
    schema, name = _fold(table.args.get("db")), _fold(table.this)
    return name != METRICS and (schema == GOVERNED or (not schema and name not in CATALOGS))


def _read_views(tree: exp.Expr, tables: list[exp.Table]) -> dict[str, tuple[Name, ...] | None]:
    """By view, the groups that every reading of it names; None where one reads it whole."""
    views: dict[str, tuple[Name, ...] | None] = {}
    for table in tables:
        view, named = _fold(table.this), _narrow(table)
        known = views.get(view, ())
        views[view] = None if named is None or known is None else (*known, *named)
    return views


def _narrow(table: exp.Table) -> tuple[Name, ...] | None:
    """The groups that the conditions of the query around a view let through; None where they do not say."""
    select = table.parent.parent if isinstance(table.parent, exp.From | exp.Join) else None
    where = select.args.get("where") if isinstance(select, exp.Select) else None
    if where is None or (isinstance(table.parent, exp.Join) and table.parent.args.get("side")):
        return None
    alias = table.args.get("alias")
    if alias is not None and alias.args.get("columns"):
        return None
    known = _fold(alias.this) if alias is not None else _fold(table.this)
    several = isinstance(select, exp.Select) and bool(select.args.get("joins"))
    for condition in _list_conditions(where.this):
        named = _read_condition(condition, known, several)
        if named is not None:
            return named
    return None


def _list_conditions(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.And):
        yield from _list_conditions(node.left)
        yield from _list_conditions(node.right)
    elif isinstance(node, exp.Paren):
        yield from _list_conditions(node.this)
    else:
        yield node


def _read_condition(node: exp.Expr, known: str, several: bool) -> tuple[Name, ...] | None:
    """The groups of `cohort = 'team:x'` and `cohort IN (…)`."""
    if isinstance(node, exp.In) and _is_cohort(node.this, known, several) and not node.args.get("query"):
        names = [_read_name(each) for each in node.expressions]
    elif isinstance(node, exp.EQ):
        sides = (node.this, node.expression)
        at = next((place for place, each in enumerate(sides) if _is_cohort(each, known, several)), None)
        names = [_read_name(sides[1 - at])] if at is not None else []
    else:
        return None
    return tuple(each for each in names if each is not None) if names and None not in names else None


def _is_cohort(node: exp.Expr, known: str, several: bool) -> bool:
    if isinstance(node, exp.Cast):  # as SQLAlchemy writes it
        return _is_cohort(node.this, known, several)
    if not isinstance(node, exp.Column) or _fold(node.this) != "cohort":
        return False
    table = _fold(node.args.get("table"))
    return table == known or (not table and not several)


def _read_name(node: exp.Expr) -> Name | None:
    if isinstance(node, exp.Cast):
        return _read_name(node.this)
    if isinstance(node, exp.Literal) and node.is_string:
        return Name(text=str(node.this))
    if isinstance(node, exp.Placeholder) and str(node.name)[1:].isdecimal():
        return Name(parameter=int(str(node.name)[1:]))
    return None


# What it does with values


def _renames(tree: exp.Expr) -> bool:
    """Whether something else goes by the name of what groups may be put in order by."""
    for alias in tree.find_all(exp.Alias):
        same = isinstance(alias.this, exp.Column) and _fold(alias.this.this) == _fold(alias.args.get("alias"))
        if _fold(alias.args.get("alias")) in PLAIN and not same and not _is_made_of_plain(alias.this):
            return True
    columns = any(each.args.get("columns") for each in tree.find_all(exp.TableAlias))
    return columns or next(tree.find_all(exp.SetOperation), None) is not None


def _is_plain(ordered: exp.Ordered, renamed: bool) -> bool:
    """Whether a key puts groups in the order of their names or of time."""
    return not renamed and _is_plain_key(ordered.this, ordered.find_ancestor(exp.Select))


def _is_plain_key(key: exp.Expr, select: exp.Select | None) -> bool:
    if select is not None and isinstance(key, exp.Literal) and not key.is_string and key.name.isdecimal():
        items = select.expressions
        place = int(key.name) - 1
        return place < len(items) and _is_made_of_plain(items[place])
    if select is not None and isinstance(key, exp.Column) and not key.args.get("table"):
        named = [
            each
            for each in select.expressions
            if isinstance(each, exp.Alias) and _fold(each.args.get("alias")) == _fold(key.this)
        ]
        if named:
            return all(_is_made_of_plain(each.this) for each in named)
    return _is_made_of_plain(key)


def _is_made_of_plain(node: exp.Expr) -> bool:
    """Whether an expression looks at nothing but names of groups and periods."""
    columns = {_fold(each.this) for each in node.find_all(exp.Column)}
    stars = next(node.find_all(exp.Star, exp.Subquery, exp.AggFunc, exp.Window), None)
    return stars is None and columns <= PLAIN


def _is_limited(tree: exp.Expr, renamed: bool) -> bool:
    """Whether some of the rows are picked out: by a small limit, unless they stand in the order of names or of time."""
    for limit in tree.find_all(exp.Limit, exp.Fetch):
        select = limit.parent
        order = select.args.get("order") if isinstance(select, exp.Query) else None
        keys = order.expressions if order is not None else []
        if keys and all(_is_plain(each, renamed) for each in keys):
            continue
        if _read_number(limit) < GUARD:
            return True
    return False


def _read_number(limit: exp.Expr) -> int:
    count = limit.args.get("expression") or limit.args.get("count")
    if isinstance(count, exp.Literal) and count.name.isdecimal():
        return int(count.name)
    return 0 if count is not None else GUARD


def _takes_extremes(tree: exp.Expr) -> bool:
    """Whether the highest or lowest of several groups is asked for."""
    for found in tree.find_all(exp.Func):
        if _name_function(found) in EXTREMES and not all(
            _is_made_of_plain(each) for each in found.find_all(exp.Column)
        ):
            select = found.find_ancestor(exp.Select)
            group = select.args.get("group") if select is not None else None
            keys = group.expressions if group is not None else []
            by = {_fold(each.this) for key in keys for each in key.find_all(exp.Column)}
            if "cohort" not in by:
                return True
    return False
